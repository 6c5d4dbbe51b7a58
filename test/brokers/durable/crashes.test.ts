/**
 * Every moment at which the process can die: before a batch, after it, and, on a store that breaks its word, in the midst of it.
 */
import { describe, expect, it } from 'vitest';
import type { Broker } from '../../../src/ports/index.ts';
import type { Position } from '../../../src/wire/index.ts';
import { type Fault, SortedStore } from './sorted-store.ts';
import { by, open, placeOf } from './world.ts';

interface Sent {
  readonly channel: string;
  readonly producer: string;
  readonly seq: number;
  readonly key: string | undefined;
  position?: Position;
}

const channels = ['news', 'prices'];
const producers = ['ann', 'bob', 'cy'];
const numbers = [1, 2, 3, 4, 5, 6, 7, 8];

/** What everybody sends, in the order in which it is sent. */
function sendings(): Sent[] {
  return numbers.flatMap((seq) =>
    channels.flatMap((channel) =>
      producers.map((producer) => ({
        channel,
        producer,
        seq,
        key: channel === 'prices' ? `key-${(seq + producer.length) % 3}` : undefined,
      })),
    ),
  );
}

function send(broker: Broker, { channel, producer, seq, key }: Sent) {
  const id = `${channel}-${producer}-${seq}`;
  const removed = key !== undefined && seq % 4 === 0 ? { removed: true as const, data: null } : {};
  const publication = { id, data: { seq }, atMs: seq, ...(key && { key }), ...removed };
  return broker.log.append(channel, publication, { producer: by(seq, { name: producer }) });
}

/** Several are under way at a time, in groups of a size that differs from that of the batches. */
async function sendUntilItFails(broker: Broker, all: readonly Sent[]): Promise<void> {
  for (let at = 0; at < all.length; at += 5) {
    const results = await Promise.allSettled(
      all.slice(at, at + 5).map(async (sent) => {
        sent.position = placeOf(await send(broker, sent));
      }),
    );
    if (results.some(({ status }) => status === 'rejected')) {
      return;
    }
  }
}

async function mustBeWhole(broker: Broker, all: readonly Sent[], state = true): Promise<void> {
  for (const channel of channels) {
    const { publications, top, epoch } = await broker.log.read(channel, 0, 1_000);
    let last = { offset: 0, id: '' };
    for (const { offset, id, prev } of publications) {
      expect(prev).toEqual(last);
      last = { offset, id };
    }
    expect(top).toEqual(last);
    const ids = publications.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    if (state) {
      const latest = new Map(publications.filter(({ key }) => key).map((each) => [each.key, each]));
      const { publications: values } = await broker.log.values(channel, 0, 100);
      expect(values).toEqual([...latest.values()].sort((a, b) => a.offset - b.offset));
    }
    for (const { position, channel: of, producer, seq } of all) {
      if (position !== undefined && of === channel) {
        const place = publications.find(({ offset }) => offset === position.offset);
        expect({ epoch, id: place?.id }).toEqual({
          epoch: position.epoch,
          id: `${channel}-${producer}-${seq}`,
        });
      }
    }
  }
}

/** Gives how many had been stored without anybody having been told. */
async function mustTakeAll(broker: Broker, all: readonly Sent[], state = true): Promise<number> {
  let unheard = 0;
  for (const sent of all) {
    const answer = await send(broker, sent);
    const position = placeOf(answer);
    const isDuplicate = answer.outcome === 'appended' && answer.duplicate;
    if (sent.position !== undefined) {
      expect([position, isDuplicate]).toEqual([sent.position, true]);
    } else if (isDuplicate) {
      unheard += 1;
    }
  }
  await mustBeWhole(broker, all, state);
  for (const channel of channels) {
    const { publications } = await broker.log.read(channel, 0, 1_000);
    expect(publications.length).toBe(producers.length * numbers.length);
  }
  return unheard;
}

/** Small groups: many batches, so many moments. */
const options = { maxGroupBytes: 1_500 };

async function countBatches(): Promise<number> {
  const { broker, store } = await open(options);
  await sendUntilItFails(broker, sendings());
  return store.batches;
}

describe('the process dies', async () => {
  const batches = await countBatches();
  const moments = Array.from({ length: batches }, (_, i) => i + 1);

  it('at many moments', () => {
    expect(batches).toBeGreaterThan(20);
  });

  async function crash(at: number, fault: Fault): Promise<number> {
    const store = new SortedStore();
    store.fault = (batch) => (batch === at ? fault : undefined);
    const all = sendings();
    const opening = open({ ...options, store }).catch(() => undefined);
    const world = await opening;
    if (world !== undefined) {
      await sendUntilItFails(world.broker, all);
    }
    const after = await open({ ...options, store: store.restarted() });
    // What was true of a key is in the log too: of the state a torn batch may leave more than that.
    const isWhole = typeof fault === 'string';
    await mustBeWhole(after.broker, all, isWhole);
    const unheard = await mustTakeAll(after.broker, all, isWhole);
    const later = await after.again();
    await mustTakeAll(later.broker, all, isWhole);
    return unheard;
  }

  it.each(moments)(
    'before batch %i: what was acknowledged is there once, the rest is not',
    async (at) => {
      expect(await crash(at, 'lost')).toBe(0);
    },
  );

  it.each(moments)('after batch %i: nothing that was stored is stored again', async (at) => {
    await crash(at, 'kept');
  });

  // The first batch marks the store as ours: when that is torn the store is nobody's.
  it.each(moments.slice(1))(
    'in the midst of batch %i of a store that tears them: what is torn is cut',
    async (at) => {
      for (let tornAfter = 1; tornAfter < 16; tornAfter += 3) {
        await crash(at, { tornAfter });
      }
    },
  );
});

describe('the process dies again and again', () => {
  it.each([1, 2, 3, 4])('with what chance gives (%i)', async (seed) => {
    const random = chance(seed);
    const all = sendings();
    let store = new SortedStore();
    for (let life = 0; life < 100; life += 1) {
      const at = 1 + Math.floor(random() * 6);
      const fault = random() < 0.5 ? 'lost' : 'kept';
      store.fault = (batch) => (batch === at ? fault : undefined);
      const world = await open({ ...options, store }).catch(() => undefined);
      if (world !== undefined) {
        await mustBeWhole(world.broker, all);
        const from = Math.floor(random() * all.length);
        const waiting = all.filter(({ position }) => position === undefined);
        await sendUntilItFails(world.broker, random() < 0.2 ? all.slice(0, from) : waiting);
      }
      store = store.restarted();
    }
    const { broker } = await open({ ...options, store });
    await mustTakeAll(broker, all);
  });
});

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
