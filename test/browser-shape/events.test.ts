import { describe, expect, it } from 'vitest';
import { CloseEvent, errorEvent, lossOf } from '../../src/browser-shape/events.ts';
import { faults } from '../../src/protocol/index.ts';

describe('§7 CloseEvent', () => {
  it('has what it is given', () => {
    const event = new CloseEvent('close', { wasClean: true, code: 4000, reason: 'why' });
    expect(event).toBeInstanceOf(Event);
    expect([event.type, event.wasClean, event.code, event.reason]).toEqual([
      'close',
      true,
      4000,
      'why',
    ]);
  });

  it('is not clean, with code 0 and no reason, by itself', () => {
    const event = new CloseEvent('x');
    expect([event.wasClean, event.code, event.reason]).toEqual([false, 0, '']);
    expect([event.bubbles, event.cancelable]).toEqual([false, false]);
  });

  it('converts what it is given', () => {
    const given = { wasClean: 1, code: '65537', reason: null };
    const event = Reflect.construct(CloseEvent, ['close', given]) as CloseEvent;
    expect([event.wasClean, event.code, event.reason]).toEqual([true, 1, 'null']);
  });

  it('its attributes can be read only, and only of itself', () => {
    const event = new CloseEvent('close', { code: 1000 });
    expect(() => Object.assign(event, { code: 1 })).toThrow(TypeError);
    expect(() => CloseEvent.prototype.code).toThrow(TypeError);
    expect(Object.prototype.toString.call(event)).toBe('[object CloseEvent]');
  });
});

describe('the event error', () => {
  it('is an Event that says besides what went wrong', () => {
    const error = new Error('lost');
    const event = errorEvent(error);
    expect(Object.getPrototypeOf(event)).toBe(Event.prototype);
    expect([event.type, event.error, event.message]).toEqual(['error', error, 'lost']);
  });

  it('names the rule that the server broke', () => {
    const error = lossOf({ code: 1007, reason: '', clean: false, fault: faults.INVALID_UTF8 });
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', fault: 'INVALID_UTF8' });
    const lost = lossOf({ code: 1006, reason: '', clean: false, fault: undefined });
    expect(lost).toMatchObject({ code: 'CONNECTION_LOST', fault: undefined, retryable: true });
  });
});
