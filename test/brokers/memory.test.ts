import { describe, expect, it } from 'vitest';
import {
  type MemoryOptions,
  maxWaitingAnnouncements,
  memory,
  memoryStore,
} from '../../src/brokers/memory.ts';
import {
  type Broker,
  BrokerError,
  type Deliver,
  type Ears,
  type NewPublication,
} from '../../src/ports/index.ts';
import { positionOf } from '../../src/testing/broker-watch.ts';
import { ManualClock } from '../../src/testing/index.ts';
import type { Position } from '../../src/wire/index.ts';

let made = 0;
function entry(data: unknown = null, atMs = 0): NewPublication {
  made += 1;
  return { id: `p${made}`, data, atMs };
}

const deaf: Ears = { deliver: () => {}, hear: () => {} };

async function started(options: MemoryOptions = {}, deliver: Deliver = () => {}): Promise<Broker> {
  const broker = memory({ randomId: epochs(), nowMs: () => 0, ...options });
  await broker.start({ ...deaf, deliver });
  return broker;
}

/** Where it was appended. */
async function put(broker: Broker, channel: string, publication = entry()): Promise<Position> {
  return positionOf(await broker.log.append(channel, publication));
}

/** e1, e2, e3 … */
function epochs(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `e${count}`;
  };
}

async function epochOf(broker: Broker, channel: string): Promise<string> {
  return (await broker.log.read(channel, 0, 1)).epoch;
}

const full = new BrokerError('BROKER_FULL', 'there are too many channels', true);

describe('a delivery', () => {
  it('has happened when append resolves, and when it returns', async () => {
    const seen: unknown[] = [];
    const broker = await started({}, (...delivery) => seen.push(delivery));
    await broker.log.follow('a');
    const published = put(broker, 'a', { id: 'x', data: 7, atMs: 5, by: 'ada' });
    const publication = {
      offset: 1,
      id: 'x',
      prev: { offset: 0, id: '' },
      data: 7,
      atMs: 5,
      by: 'ada',
    };
    expect(seen).toEqual([['a', 'e1', publication]]);
    expect(await published).toEqual({ epoch: 'e1', offset: 1, id: 'x' });
  });

  it('that appends is followed by what it appended, not interrupted by it', async () => {
    const seen: string[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(`begin ${offset}`);
      if (offset < 3) {
        void put(broker, 'a', entry());
      }
      seen.push(`end ${offset}`);
    });
    await broker.log.follow('a');
    await put(broker, 'a', entry());
    expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('may cause 10,000 appends at once, and the next is refused without being stored', async () => {
    const outcomes: Promise<unknown>[] = [];
    const broker: Broker = await started({ maxEntries: 20_000 }, (_, __, { offset }) => {
      for (let i = 0; offset === 1 && i < maxWaitingAnnouncements; i += 1) {
        outcomes.push(put(broker, 'a', entry()).catch((error: unknown) => error));
      }
    });
    await broker.log.follow('a');
    await put(broker, 'a', entry());
    const results = await Promise.all(outcomes);
    // The one that is being delivered counts too.
    expect(results.at(-2)).toMatchObject({ offset: 10_000 });
    expect(results.at(-1)).toEqual(
      new BrokerError('BROKER_FULL', 'a delivery caused too many publications', true),
    );
    expect((await broker.log.latest('a', 1)).top.offset).toBe(10_000);
    expect(await put(broker, 'a', entry())).toMatchObject({ offset: 10_001 });
  });

  it('that throws rejects the append when all have been told, and loses nothing', async () => {
    const seen: string[] = [];
    const store = memoryStore();
    const one = store.node();
    const other = store.node();
    for (const [name, broker] of Object.entries({ one, other })) {
      const deliver: Deliver = (_, __, { offset }) => {
        seen.push(`${name} ${offset}`);
        if (name === 'one' && offset === 1) {
          void put(broker, 'a');
          throw new Error('on purpose');
        }
      };
      await broker.start({ ...deaf, deliver });
      await broker.log.follow('a');
    }
    await expect(put(other, 'a')).rejects.toThrow('on purpose');
    await put(other, 'a');
    expect(seen).toEqual(['one 1', 'other 1', 'one 2', 'other 2', 'one 3', 'other 3']);
  });

  it('does not come after an unfollow, even if it was waiting', async () => {
    const seen: number[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(offset);
      void put(broker, 'a');
      void broker.log.unfollow('a');
    });
    await broker.log.follow('a');
    await put(broker, 'a', entry());
    expect(seen).toEqual([1]);
  });

  it('does not come after a stop, even if it was waiting', async () => {
    const seen: number[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(offset);
      void put(broker, 'a');
      void broker.stop();
    });
    await broker.log.follow('a');
    await put(broker, 'a');
    expect(seen).toEqual([1]);
  });

  it('comes once to a node that leaves and comes back while others are told', async () => {
    const seen: string[] = [];
    const store = memoryStore();
    const one = store.node();
    const other = store.node();
    for (const [name, broker] of Object.entries({ one, other })) {
      const deliver: Deliver = (_, __, { offset }) => {
        seen.push(`${name} ${offset}`);
        void broker.log.unfollow('a');
        void broker.log.follow('a');
      };
      await broker.start({ ...deaf, deliver });
      await broker.log.follow('a');
    }
    await put(one, 'a');
    expect(seen).toEqual(['one 1', 'other 1']);
  });
});

describe('data', () => {
  it.each([undefined, () => {}, Symbol('x')])('%s is refused and leaves no trace', async (data) => {
    const broker = await started({ maxChannels: 1 });
    await expect(put(broker, 'a', { ...entry(), data })).rejects.toThrow(TypeError);
    expect(await put(broker, 'b', entry())).toMatchObject({ offset: 1 });
  });

  it('that JSON cannot say is refused as JSON does it', async () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const broker = await started();
    await expect(put(broker, 'a', entry(circle))).rejects.toThrow(TypeError);
    await expect(put(broker, 'a', entry(1n))).rejects.toThrow(TypeError);
  });

  it('counts as long as its JSON, and 200', async () => {
    const broker = await started({ maxBytes: 2 * (200 + 10) });
    const kept = async () => (await broker.log.read('a', 0, 10)).publications.length;
    await put(broker, 'a', entry('x'.repeat(8)));
    await put(broker, 'a', entry('x'.repeat(8)));
    expect(await kept()).toBe(2);
    await put(broker, 'a', entry('x'.repeat(9)));
    expect(await kept()).toBe(1);
  });
});

describe('the chain after trimming', () => {
  it('still vouches for the entry before the oldest', async () => {
    const broker = await started({ maxEntries: 2 });
    const places = [];
    for (let i = 0; i < 5; i += 1) {
      places.push(await put(broker, 'a', entry()));
    }
    const { publications, top } = await broker.log.read('a', 1, 10);
    expect(publications.map(({ offset }) => offset)).toEqual([4, 5]);
    expect(publications[0]?.prev).toEqual({ offset: 3, id: places[2]?.id });
    expect(top).toEqual({ offset: 5, id: places[4]?.id });
  });
});

describe('the number of channels', () => {
  it('has an end: what needs one more is refused, and can be tried again', async () => {
    const broker = await started({ maxChannels: 2, nowMs: () => 0 });
    await broker.log.follow('a');
    await put(broker, 'b', entry());
    await expect(put(broker, 'c', entry())).rejects.toEqual(full);
    await expect(broker.log.follow('c')).rejects.toEqual(full);
    await broker.log.follow('b');
    expect(await put(broker, 'b', entry())).toMatchObject({ offset: 2 });
    expect(await put(broker, 'a', entry())).toMatchObject({ offset: 1 });
  });

  it('does not grow by reading, nor by a follower that came and went', async () => {
    const broker = await started({ maxChannels: 1 });
    for (const name of ['a', 'b', 'c']) {
      await broker.log.read(name, 0, 1);
      await broker.log.latest(name, 1);
      await broker.log.follow(name);
      await broker.log.unfollow(name);
    }
    expect(await put(broker, 'd', entry())).toMatchObject({ offset: 1 });
  });

  it('makes room by what has been unused longest, when that has been for an hour', async () => {
    const clock = new ManualClock();
    const broker = await started({ maxChannels: 3, nowMs: () => clock.nowMs() });
    await put(broker, 'a', entry());
    clock.advance(1);
    await put(broker, 'b', entry());
    await put(broker, 'c', entry());
    await put(broker, 'a', entry());
    clock.advance(3_599_999);
    await expect(put(broker, 'd', entry())).rejects.toEqual(full);
    clock.advance(1);
    await put(broker, 'd', entry());
    const offsets = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      offsets.push((await broker.log.latest(name, 1)).top.offset);
    }
    expect(offsets).toEqual([2, 0, 1, 1]);
  });

  it('never makes room by a channel that is followed', async () => {
    const clock = new ManualClock();
    const nowMs = () => clock.nowMs();
    const broker = await started({ maxChannels: 1, forgetAfterMs: 10, nowMs });
    await put(broker, 'a', entry());
    await broker.log.follow('a');
    clock.advance(1_000);
    await expect(put(broker, 'b', entry())).rejects.toEqual(full);
    await broker.log.unfollow('a');
    clock.advance(9);
    await expect(put(broker, 'b', entry())).rejects.toEqual(full);
    clock.advance(1);
    expect(await put(broker, 'b', entry())).toMatchObject({ offset: 1 });
  });

  it('never makes room by a channel in which a key has a value', async () => {
    const broker = await started({ maxChannels: 1, forgetAfterMs: 0 });
    await put(broker, 'a', { ...entry(1), key: 'k' });
    await expect(put(broker, 'b')).rejects.toEqual(full);
    await put(broker, 'a', { ...entry(), key: 'k', removed: true });
    expect(await put(broker, 'b')).toMatchObject({ offset: 1 });
  });

  it('without a clock is measured by the one of the machine', async () => {
    const broker = memory({ maxChannels: 1, forgetAfterMs: 0 });
    await broker.start(deaf);
    await put(broker, 'a');
    expect(await put(broker, 'b')).toMatchObject({ offset: 1 });
  });

  it('stays at its end while many come and are forgotten, the oldest first', async () => {
    let nowMs = 0;
    const broker = await started({ maxChannels: 5_000, forgetAfterMs: 1, nowMs: () => nowMs });
    for (nowMs = 0; nowMs < 20_000; nowMs += 1) {
      await put(broker, `channel${nowMs}`, { id: 'x', data: 0, atMs: 0 });
    }
    expect((await broker.log.latest('channel14999', 1)).top.offset).toBe(0);
    expect((await broker.log.latest('channel15000', 1)).top.offset).toBe(1);
  });
});

describe('the epoch', () => {
  it('of a channel stays as long as its log', async () => {
    const broker = await started();
    expect(await epochOf(broker, 'a')).toBe('e1');
    await broker.log.follow('a');
    await broker.log.unfollow('a');
    await put(broker, 'a', entry());
    expect(await epochOf(broker, 'a')).toBe('e1');
  });

  it('is new when a forgotten log comes back', async () => {
    let nowMs = 0;
    const broker = await started({ maxChannels: 1, forgetAfterMs: 0, nowMs: () => nowMs });
    const before = await put(broker, 'a', entry());
    nowMs = 1;
    await put(broker, 'b', entry());
    const { epoch, top } = await broker.log.read('a', 0, 1);
    expect(top).toEqual({ offset: 0, id: '' });
    expect(epoch).not.toBe(before.epoch);
    expect(await put(broker, 'a', entry())).toMatchObject({ offset: 1 });
    expect(await epochOf(broker, 'a')).not.toBe(before.epoch);
  });

  it('is random when nothing else was asked for', async () => {
    const one = memory();
    const other = memory();
    await one.start(deaf);
    await other.start(deaf);
    expect(await epochOf(one, 'a')).toMatch(/^[0-9a-f]{32}$/);
    expect(await epochOf(one, 'a')).not.toBe(await epochOf(other, 'a'));
  });
});

describe('a broker that does not run', () => {
  const stopped = new BrokerError('BROKER_STOPPED', 'the broker is not running', false);

  it('refuses everything, before start as after stop', async () => {
    const broker = memory();
    await expect(put(broker, 'a')).rejects.toEqual(stopped);
    await broker.start(deaf);
    await broker.stop();
    await expect(put(broker, 'a')).rejects.toEqual(stopped);
    await expect(broker.log.follow('a')).rejects.toEqual(stopped);
  });

  it('is started once', async () => {
    const once = new BrokerError('BROKER_STOPPED', 'a broker is started once: make another', false);
    const broker = memory();
    await broker.start(deaf);
    await expect(broker.start(deaf)).rejects.toEqual(once);
    await broker.stop();
    await expect(broker.start(deaf)).rejects.toEqual(once);
    const never = memory();
    await never.stop();
    await expect(never.start(deaf)).rejects.toEqual(once);
  });
});

describe('nodes of one store', () => {
  it('find what others have left, which no other store has', async () => {
    const store = memoryStore({ randomId: epochs() });
    const one = store.node();
    await one.start(deaf);
    const place = await put(one, 'a');
    await one.stop();
    const next = store.node();
    await next.start(deaf);
    const { epoch, top } = await next.log.read('a', 0, 1);
    expect({ epoch, ...top }).toEqual(place);
    const stranger = await started();
    expect((await stranger.log.read('a', 0, 1)).top.offset).toBe(0);
  });

  it('say what memory can do', async () => {
    const { supports } = memory({ producerMs: 5, answersKept: 7 });
    expect(supports).toEqual({ durability: ['memory'], producerMs: 5, answersKept: 7 });
  });
});
