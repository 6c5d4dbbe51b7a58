import { describe, expect, it } from 'vitest';
import { LocalBus, maxWaitingMessages } from '../../../src/brokers/local/bus.ts';
import type { Hear } from '../../../src/ports/index.ts';

describe('the bus', () => {
  it('tells nothing while it is called, and everything before send resolves', async () => {
    const heard: unknown[] = [];
    const bus = new LocalBus();
    bus.follow('a', (...what) => heard.push(what));
    const sending = bus.send('a', 1);
    expect(heard).toEqual([]);
    await sending;
    expect(heard).toEqual([['a', 1]]);
  });

  it('tells in the order of sending, those too who are told while telling', async () => {
    const heard: unknown[] = [];
    const bus = new LocalBus();
    const listener: Hear = (_, message) => {
      heard.push(message);
      if (message === 1) {
        void bus.send('a', 3);
      }
    };
    bus.follow('a', listener);
    await Promise.all([bus.send('a', 1), bus.send('a', 2)]);
    await bus.send('a', 4);
    expect(heard).toEqual([1, 2, 3, 4]);
  });

  it('tells nobody who left before the message came to him', async () => {
    const heard: string[] = [];
    const bus = new LocalBus();
    const second: Hear = () => heard.push('second');
    const first: Hear = () => {
      heard.push('first');
      bus.unfollow('a', second);
    };
    bus.follow('a', first);
    bus.follow('a', second);
    await bus.send('a', 1);
    const sending = bus.send('a', 2);
    bus.unfollow('a', first);
    await sending;
    expect(heard).toEqual(['first']);
  });

  it('tells the others when one throws, and rejects with that', async () => {
    const heard: unknown[] = [];
    const bus = new LocalBus();
    const throwing: Hear = () => {
      throw new Error('on purpose');
    };
    const listening: Hear = (_, message) => heard.push(message);
    bus.follow('a', throwing);
    bus.follow('a', listening);
    await expect(bus.send('a', 1)).rejects.toThrow('on purpose');
    expect(heard).toEqual([1]);
  });

  it('holds 10,000 messages that nobody has heard yet, and refuses one more', async () => {
    const bus = new LocalBus();
    expect(maxWaitingMessages).toBe(10_000);
    const sending = Array.from({ length: 10_000 }, () => bus.send('a', 1));
    await expect(bus.send('a', 1)).rejects.toMatchObject({ code: 'BROKER_FULL', retryable: true });
    await Promise.all(sending);
    await bus.send('a', 1);
  });

  it('takes what JSON can say, and bytes', async () => {
    const bus = new LocalBus();
    await expect(bus.send('a', undefined)).rejects.toThrow(TypeError);
    await bus.send('a', new Uint8Array(1));
  });

  it('knows no topic that nobody follows', () => {
    const bus = new LocalBus();
    const listener: Hear = () => {};
    bus.follow('a', listener);
    bus.unfollow('a', listener);
    bus.unfollow('b', listener);
    const { topics } = bus as unknown as { readonly topics: ReadonlyMap<string, unknown> };
    expect(topics.size).toBe(0);
  });

  it('tells once who follows twice, and nobody of other topics', async () => {
    const bus = new LocalBus();
    const heard: unknown[] = [];
    const hear: Hear = (topic, message) => heard.push([topic, message]);
    bus.follow('t', hear);
    bus.follow('t', hear);
    const sent = [bus.send('t', 1), bus.send('t', { a: [2] }), bus.send('other', 3)];
    expect(heard).toEqual([]);
    await Promise.all(sent);
    expect(heard).toEqual([
      ['t', 1],
      ['t', { a: [2] }],
    ]);
    bus.unfollow('t', hear);
    bus.unfollow('t', hear);
    await bus.send('t', 4);
    expect(heard.length).toBe(2);
  });

  it('carries copies, bytes as bytes', async () => {
    const bus = new LocalBus();
    const heard: unknown[] = [];
    bus.follow('t', (_, message) => heard.push(message));
    const bytes = Uint8Array.of(1, 2);
    const sending = bus.send('t', bytes);
    bytes[0] = 9;
    await sending;
    expect(heard).toEqual([Uint8Array.of(1, 2)]);
    await expect(bus.send('t', undefined)).rejects.toThrow(TypeError);
  });
});
