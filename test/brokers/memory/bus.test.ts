import { describe, expect, it } from 'vitest';
import { MemoryBus, maxWaitingMessages } from '../../../src/brokers/memory/bus.ts';
import type { Follower } from '../../../src/brokers/memory/channels.ts';

function follower(hear: (topic: string, message: unknown) => void): Follower {
  return { ears: { deliver: () => {}, hear } };
}

describe('the bus', () => {
  it('tells nothing while it is called, and everything before send resolves', async () => {
    const heard: unknown[] = [];
    const bus = new MemoryBus();
    bus.follow(
      'a',
      follower((...what) => heard.push(what)),
    );
    const sending = bus.send('a', 1);
    expect(heard).toEqual([]);
    await sending;
    expect(heard).toEqual([['a', 1]]);
  });

  it('tells in the order of sending, those too who are told while telling', async () => {
    const heard: unknown[] = [];
    const bus = new MemoryBus();
    const listener = follower((_, message) => {
      heard.push(message);
      if (message === 1) {
        void bus.send('a', 3);
      }
    });
    bus.follow('a', listener);
    await Promise.all([bus.send('a', 1), bus.send('a', 2)]);
    await bus.send('a', 4);
    expect(heard).toEqual([1, 2, 3, 4]);
  });

  it('tells nobody who left before the message came to him', async () => {
    const heard: string[] = [];
    const bus = new MemoryBus();
    const second = follower(() => heard.push('second'));
    const first = follower(() => {
      heard.push('first');
      bus.unfollow('a', second);
    });
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
    const bus = new MemoryBus();
    const throwing = follower(() => {
      throw new Error('on purpose');
    });
    const listening = follower((_, message) => heard.push(message));
    bus.follow('a', throwing);
    bus.follow('a', listening);
    await expect(bus.send('a', 1)).rejects.toThrow('on purpose');
    expect(heard).toEqual([1]);
  });

  it('holds 10,000 messages that nobody has heard yet, and refuses one more', async () => {
    const bus = new MemoryBus();
    expect(maxWaitingMessages).toBe(10_000);
    const sending = Array.from({ length: 10_000 }, () => bus.send('a', 1));
    await expect(bus.send('a', 1)).rejects.toMatchObject({ code: 'BROKER_FULL', retryable: true });
    await Promise.all(sending);
    await bus.send('a', 1);
  });

  it('takes what JSON can say, and bytes', async () => {
    const bus = new MemoryBus();
    await expect(bus.send('a', undefined)).rejects.toThrow(TypeError);
    await bus.send('a', new Uint8Array(1));
  });

  it('knows no topic that nobody follows', () => {
    const bus = new MemoryBus();
    const listener = follower(() => {});
    bus.follow('a', listener);
    bus.unfollow('a', listener);
    bus.unfollow('b', listener);
    const { topics } = bus as unknown as { readonly topics: ReadonlyMap<string, unknown> };
    expect(topics.size).toBe(0);
  });
});
