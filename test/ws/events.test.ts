import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  addHandler,
  attributeOf,
  type Handler,
  removeHandler,
  setAttribute,
} from '../../src/ws/events.ts';

class Target extends EventEmitter {
  wasClean = true;
  readonly large = 'do not print me';
}

function heard(type: string, ...given: readonly unknown[]): object {
  const target = new Target();
  let event: object = {};
  addHandler(target, type, (made) => {
    event = made;
  });
  target.emit(type, ...given);
  return event;
}

describe('the events of the web', () => {
  it('have what the arguments of Node say', () => {
    expect(heard('open')).toMatchObject({ type: 'open' });
    expect(heard('message', Buffer.from('é'), false)).toMatchObject({ type: 'message', data: 'é' });
    const bytes = Buffer.from('a');
    expect((heard('message', bytes, true) as { data: unknown }).data).toBe(bytes);
    expect(heard('close', 3000, Buffer.from('why'))).toMatchObject({
      type: 'close',
      code: 3000,
      reason: 'why',
      wasClean: true,
    });
    const error = new Error('broken');
    expect(heard('error', error)).toMatchObject({ type: 'error', error, message: 'broken' });
  });

  it('name their target and do not print it', () => {
    const event = heard('open') as { target: unknown };
    expect(event.target).toBeInstanceOf(Target);
    expect(inspect(event)).not.toContain('do not print me');
  });
});

describe('a listener of the web', () => {
  it('is added once, and removed, by what it is', () => {
    const target = new Target();
    const handler: Handler = () => {};
    addHandler(target, 'message', handler);
    addHandler(target, 'message', handler);
    addHandler(target, 'message', { handleEvent: handler });
    expect(target.listenerCount('message')).toBe(2);
    removeHandler(target, 'message', handler);
    removeHandler(target, 'message', handler);
    expect(target.listenerCount('message')).toBe(1);
  });

  it('hears nothing but the four events', () => {
    const target = new Target();
    for (const type of ['ping', 'constructor', '']) {
      addHandler(target, type, () => {});
      expect(target.listenerCount(type)).toBe(0);
    }
  });

  it('that is to be told once is told once', () => {
    const target = new Target();
    let count = 0;
    addHandler(target, 'open', () => (count += 1), { once: true });
    target.emit('open');
    target.emit('open');
    expect(count).toBe(1);
  });

  it('has the target, or the object it is a method of, for its this', () => {
    const target = new Target();
    const seen: unknown[] = [];
    const object = {
      handleEvent() {
        seen.push(this);
      },
    };
    addHandler(target, 'open', object);
    addHandler(target, 'open', function (this: unknown) {
      seen.push(this);
    } as Handler);
    target.emit('open');
    expect(seen).toEqual([object, target]);
  });
});

describe('an attribute', () => {
  it('is one listener, that can be read, changed and taken away, and is no added one', () => {
    const target = new Target();
    const [one, two]: Handler[] = [() => {}, () => {}];
    expect(attributeOf(target, 'open')).toBeNull();
    setAttribute(target, 'open', one);
    setAttribute(target, 'open', two);
    removeHandler(target, 'open', two!);
    expect([attributeOf(target, 'open'), target.listenerCount('open')]).toEqual([two, 1]);
    setAttribute(target, 'open', 'no function');
    expect([attributeOf(target, 'open'), target.listenerCount('open')]).toEqual([null, 0]);
  });
});
