import { describe, expect, it } from 'vitest';
import { type MemoryOptions, maxWaitingAnnouncements, memory } from '../../src/brokers/memory.ts';
import {
  type Broker,
  BrokerError,
  type Deliver,
  type NewPublication,
} from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/index.ts';

let made = 0;
function entry(data: unknown = null, atMs = 0): NewPublication {
  made += 1;
  return { id: `p${made}`, data, atMs };
}

async function started(options: MemoryOptions = {}, deliver: Deliver = () => {}): Promise<Broker> {
  const broker = memory({ randomId: epochs(), ...options });
  await broker.start(deliver);
  return broker;
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
  return (await broker.read(channel, 0, 1)).epoch;
}

const full = new BrokerError('BROKER_FULL', 'there are too many channels', true);

describe('a delivery', () => {
  it('has happened when publish resolves, and when it returns', async () => {
    const seen: unknown[] = [];
    const broker = await started({}, (...delivery) => seen.push(delivery));
    await broker.subscribe('a');
    const published = broker.publish('a', { id: 'x', data: 7, atMs: 5, by: 'ada' });
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

  it('that publishes is followed by what it published, not interrupted by it', async () => {
    const seen: string[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(`begin ${offset}`);
      if (offset < 3) {
        void broker.publish('a', entry());
      }
      seen.push(`end ${offset}`);
    });
    await broker.subscribe('a');
    await broker.publish('a', entry());
    expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  it('may cause 10,000 publications at once, and the next is refused without being stored', async () => {
    const outcomes: Promise<unknown>[] = [];
    const broker: Broker = await started({ maxEntries: 20_000 }, (_, __, { offset }) => {
      for (let i = 0; offset === 1 && i < maxWaitingAnnouncements; i += 1) {
        outcomes.push(broker.publish('a', entry()).catch((error: unknown) => error));
      }
    });
    await broker.subscribe('a');
    await broker.publish('a', entry());
    const results = await Promise.all(outcomes);
    // The one that is being delivered counts too.
    expect(results.at(-2)).toMatchObject({ offset: 10_000 });
    expect(results.at(-1)).toEqual(
      new BrokerError('BROKER_FULL', 'a delivery caused too many publications', true),
    );
    expect((await broker.latest('a', 1)).top.offset).toBe(10_000);
    expect(await broker.publish('a', entry())).toMatchObject({ offset: 10_001 });
  });

  it('that throws rejects the publish, and loses nothing that came after it', async () => {
    const seen: number[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(offset);
      if (offset === 1) {
        void broker.publish('a', entry());
        throw new Error('on purpose');
      }
    });
    await broker.subscribe('a');
    await expect(broker.publish('a', entry())).rejects.toThrow('on purpose');
    await broker.publish('a', entry());
    expect(seen).toEqual([1, 2, 3]);
  });

  it('does not come after an unsubscribe, even if it was waiting', async () => {
    const seen: number[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(offset);
      void broker.publish('a', entry());
      void broker.unsubscribe('a');
    });
    await broker.subscribe('a');
    await broker.publish('a', entry());
    expect(seen).toEqual([1]);
  });

  it('does not come after a stop, not even to whoever starts the broker again', async () => {
    const seen: string[] = [];
    const broker: Broker = await started({}, (_, __, { offset }) => {
      seen.push(`first ${offset}`);
      void broker.publish('a', entry());
      void broker.stop();
      void broker.start((___, ____, later) => seen.push(`second ${later.offset}`));
    });
    await broker.subscribe('a');
    await broker.publish('a', entry());
    expect(seen).toEqual(['first 1']);
  });
});

describe('data', () => {
  it.each([undefined, () => {}, Symbol('x')])('%s is refused and leaves no trace', async (data) => {
    const broker = await started({ maxChannels: 1 });
    await expect(broker.publish('a', { ...entry(), data })).rejects.toThrow(TypeError);
    expect(await broker.publish('b', entry())).toMatchObject({ offset: 1 });
  });

  it('that JSON cannot say is refused as JSON does it', async () => {
    const circle: unknown[] = [];
    circle.push(circle);
    const broker = await started();
    await expect(broker.publish('a', entry(circle))).rejects.toThrow(TypeError);
    await expect(broker.publish('a', entry(1n))).rejects.toThrow(TypeError);
  });

  it('counts as long as its JSON, and 200', async () => {
    const broker = await started({ maxBytes: 2 * (200 + 10) });
    const kept = async () => (await broker.read('a', 0, 10)).publications.length;
    await broker.publish('a', entry('x'.repeat(8)));
    await broker.publish('a', entry('x'.repeat(8)));
    expect(await kept()).toBe(2);
    await broker.publish('a', entry('x'.repeat(9)));
    expect(await kept()).toBe(1);
  });
});

describe('the chain after trimming', () => {
  it('still vouches for the entry before the oldest', async () => {
    const broker = await started({ maxEntries: 2 });
    const places = [];
    for (let i = 0; i < 5; i += 1) {
      places.push(await broker.publish('a', entry()));
    }
    const { publications, top } = await broker.read('a', 1, 10);
    expect(publications.map(({ offset }) => offset)).toEqual([4, 5]);
    expect(publications[0]?.prev).toEqual({ offset: 3, id: places[2]?.id });
    expect(top).toEqual({ offset: 5, id: places[4]?.id });
  });
});

describe('the number of channels', () => {
  it('has an end: what needs one more is refused, and can be tried again', async () => {
    const broker = await started({ maxChannels: 2, nowMs: () => 0 });
    await broker.subscribe('a');
    await broker.publish('b', entry());
    await expect(broker.publish('c', entry())).rejects.toEqual(full);
    await expect(broker.subscribe('c')).rejects.toEqual(full);
    await broker.subscribe('b');
    expect(await broker.publish('b', entry())).toMatchObject({ offset: 2 });
    expect(await broker.publish('a', entry())).toMatchObject({ offset: 1 });
  });

  it('does not grow by reading, nor by a subscription that came and went', async () => {
    const broker = await started({ maxChannels: 1 });
    for (const name of ['a', 'b', 'c']) {
      await broker.read(name, 0, 1);
      await broker.latest(name, 1);
      await broker.subscribe(name);
      await broker.unsubscribe(name);
    }
    expect(await broker.publish('d', entry())).toMatchObject({ offset: 1 });
  });

  it('makes room by what has been unused longest, when that has been for an hour', async () => {
    const clock = new ManualClock();
    const broker = await started({ maxChannels: 3, nowMs: () => clock.nowMs() });
    await broker.publish('a', entry());
    clock.advance(1);
    await broker.publish('b', entry());
    await broker.publish('c', entry());
    await broker.publish('a', entry());
    clock.advance(3_599_999);
    await expect(broker.publish('d', entry())).rejects.toEqual(full);
    clock.advance(1);
    await broker.publish('d', entry());
    const offsets = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      offsets.push((await broker.latest(name, 1)).top.offset);
    }
    expect(offsets).toEqual([2, 0, 1, 1]);
  });

  it('never makes room by a channel that is subscribed to', async () => {
    const clock = new ManualClock();
    const nowMs = () => clock.nowMs();
    const broker = await started({ maxChannels: 1, forgetAfterMs: 10, nowMs });
    await broker.publish('a', entry());
    await broker.subscribe('a');
    clock.advance(1_000);
    await expect(broker.publish('b', entry())).rejects.toEqual(full);
    await broker.unsubscribe('a');
    clock.advance(9);
    await expect(broker.publish('b', entry())).rejects.toEqual(full);
    clock.advance(1);
    expect(await broker.publish('b', entry())).toMatchObject({ offset: 1 });
  });

  it('without a clock is measured by the latest time that was published', async () => {
    const broker = await started({ maxChannels: 1, forgetAfterMs: 10 });
    await broker.publish('a', entry(null, 1_000));
    await expect(broker.publish('b', entry(null, 1_009))).rejects.toEqual(full);
    await broker.publish('a', entry(null, 900));
    await expect(broker.publish('b', entry(null, 1_018))).rejects.toEqual(full);
    expect(await broker.publish('b', entry(null, 1_019))).toMatchObject({ offset: 1 });
  });

  it('stays at its end while many come and are forgotten, the oldest first', async () => {
    let nowMs = 0;
    const broker = await started({ maxChannels: 5_000, forgetAfterMs: 1, nowMs: () => nowMs });
    for (nowMs = 0; nowMs < 20_000; nowMs += 1) {
      await broker.publish(`channel${nowMs}`, { id: 'x', data: 0, atMs: 0 });
    }
    expect((await broker.latest('channel14999', 1)).top.offset).toBe(0);
    expect((await broker.latest('channel15000', 1)).top.offset).toBe(1);
  });
});

describe('the epoch', () => {
  it('of a channel stays as long as its log', async () => {
    const broker = await started();
    expect(await epochOf(broker, 'a')).toBe('e1');
    await broker.subscribe('a');
    await broker.unsubscribe('a');
    await broker.publish('a', entry());
    expect(await epochOf(broker, 'a')).toBe('e1');
  });

  it('is new when a forgotten log comes back', async () => {
    let nowMs = 0;
    const broker = await started({ maxChannels: 1, forgetAfterMs: 0, nowMs: () => nowMs });
    const before = await broker.publish('a', entry());
    nowMs = 1;
    await broker.publish('b', entry());
    const { epoch, top } = await broker.read('a', 0, 1);
    expect(top).toEqual({ offset: 0, id: '' });
    expect(epoch).not.toBe(before.epoch);
    expect(await broker.publish('a', entry())).toMatchObject({ offset: 1 });
    expect(await epochOf(broker, 'a')).not.toBe(before.epoch);
  });

  it('is new when a broker is started again, for it has forgotten everything', async () => {
    const broker = await started();
    const before = await broker.publish('a', entry());
    await broker.stop();
    await broker.start(() => {});
    const { epoch, top } = await broker.read('a', 0, 1);
    expect({ top, isNew: epoch !== before.epoch }).toEqual({
      top: { offset: 0, id: '' },
      isNew: true,
    });
  });

  it('is random when nothing else was asked for', async () => {
    const one = memory();
    const other = memory();
    await one.start(() => {});
    await other.start(() => {});
    expect(await epochOf(one, 'a')).toMatch(/^[0-9a-f]{32}$/);
    expect(await epochOf(one, 'a')).not.toBe(await epochOf(other, 'a'));
  });
});

describe('a broker that does not run', () => {
  const stopped = new BrokerError('BROKER_STOPPED', 'the broker is not running', false);

  it('refuses everything, before start as after stop', async () => {
    const broker = memory();
    await expect(broker.publish('a', entry())).rejects.toEqual(stopped);
    await broker.start(() => {});
    await broker.stop();
    await expect(broker.publish('a', entry())).rejects.toEqual(stopped);
    await expect(broker.subscribe('a')).rejects.toEqual(stopped);
  });
});
