import { describe, expect, it } from 'vitest';
import { EventHandlers } from '../../src/browser-shape/event-handlers.ts';
import { eventually, uncaught } from '../endpoint/support.ts';

function newTarget(): { target: EventTarget; handlers: EventHandlers; called: string[] } {
  const target = new EventTarget();
  return { target, handlers: new EventHandlers(target), called: [] };
}

describe('HTML: event handler attributes', () => {
  it('the handler is called with the event, and the target as this', () => {
    const { target, handlers } = newTarget();
    const seen: unknown[] = [];
    handlers.set('open', function (this: unknown, event: unknown) {
      seen.push(this, event);
    });
    const event = new Event('open');
    target.dispatchEvent(event);
    expect(seen).toEqual([target, event]);
  });

  it('it stands among the listeners where it was first set, whatever replaced it', () => {
    const { target, handlers, called } = newTarget();
    target.addEventListener('open', () => called.push('before'));
    handlers.set('open', () => called.push('first'));
    target.addEventListener('open', () => called.push('after'));
    handlers.set('open', () => called.push('second'));
    target.dispatchEvent(new Event('open'));
    expect(called).toEqual(['before', 'second', 'after']);
  });

  it('set to null and then again, it stands at the end', () => {
    const { target, handlers, called } = newTarget();
    handlers.set('open', () => called.push('handler'));
    target.addEventListener('open', () => called.push('listener'));
    handlers.set('open', null);
    handlers.set('open', () => called.push('again'));
    target.dispatchEvent(new Event('open'));
    expect(called).toEqual(['listener', 'again']);
  });

  it.each([null, undefined, 5, 'text', true])('what is no object is null: %s', (value) => {
    const { target, handlers, called } = newTarget();
    handlers.set('open', () => called.push('handler'));
    handlers.set('open', value);
    target.dispatchEvent(new Event('open'));
    expect(handlers.get('open')).toBeNull();
    expect(called).toEqual([]);
  });

  it('an object is kept and never called, not by handleEvent either', () => {
    const { target, handlers, called } = newTarget();
    const object = { handleEvent: () => called.push('no') };
    handlers.set('open', object);
    target.dispatchEvent(new Event('open'));
    expect(handlers.get('open')).toBe(object);
    expect(called).toEqual([]);
  });

  it('false prevents the default, as for every event handler', () => {
    const { target, handlers } = newTarget();
    handlers.set('open', () => false);
    const event = new Event('open', { cancelable: true });
    expect(target.dispatchEvent(event)).toBe(false);
  });

  it('what it throws is uncaught, and the next listener is called', async () => {
    const errors = uncaught();
    const { target, handlers, called } = newTarget();
    handlers.set('open', () => {
      throw new Error('mine');
    });
    target.addEventListener('open', () => called.push('next'));
    target.dispatchEvent(new Event('open'));
    expect(called).toEqual(['next']);
    await eventually(() => errors.length > 0);
    expect(errors).toEqual([new Error('mine')]);
  });
});
