import { describe, expect, it } from 'vitest';
import type { Follower } from '../../../src/brokers/memory/channels.ts';
import { fullMemoryOptions, type MemoryOptions } from '../../../src/brokers/memory/options.ts';
import { Store } from '../../../src/brokers/memory/store.ts';
import type { AppendOptions, NewPublication } from '../../../src/ports/index.ts';

function storeOf(options: MemoryOptions = {}): Store {
  return new Store(fullMemoryOptions({ randomId: () => 'e', nowMs: () => 0, ...options }));
}

function entry(more: Partial<NewPublication> = {}): NewPublication {
  return { id: 'x', data: null, atMs: 0, ...more };
}

const first = { producer: { name: 'p', epoch: 1, seq: 1, hash: 'h' } };
const full = expect.objectContaining({ code: 'BROKER_FULL', retryable: true });

/** What must not have changed when an append was refused. */
function traces(store: Store): unknown[] {
  const { log, values } = store.channels.shown('a');
  return [store.changes, log.top.offset, values.size];
}

describe('an append that is refused', () => {
  const refused: Readonly<Record<string, [NewPublication, AppendOptions, MemoryOptions]>> = {
    'no JSON': [entry({ data: undefined }), first, {}],
    'a durability that memory has not': [entry(), { ...first, durability: 'disk' }, {}],
    'a key too many': [entry({ key: 'other' }), first, { maxKeys: 1 }],
    'a value too long': [
      entry({ key: 'other', data: 'x'.repeat(99) }),
      first,
      { maxStateBytes: 500 },
    ],
    'something expected of no key': [entry(), { ...first, expect: { offset: 0, id: '' } }, {}],
    'a producer too many': [
      entry(),
      { producer: { ...first.producer, name: 'other' } },
      { maxProducers: 1 },
    ],
  };

  it.each(Object.entries(refused))('for %s leaves no trace', (_, [publication, asked, options]) => {
    const store = storeOf(options);
    store.append('a', entry({ key: 'k' }), {
      producer: { ...first.producer, name: 'before' },
    });
    const before = traces(store);
    expect(() => store.append('a', publication, asked)).toThrow();
    expect(traces(store)).toEqual(before);
  });

  it('for a channel too many leaves no record of its producer', () => {
    const store = storeOf({ maxChannels: 1 });
    store.append('a', entry({ key: 'k' }), {});
    expect(() => store.append('b', entry(), first)).toThrow(full);
    const second = { producer: { ...first.producer, seq: 2 } };
    expect(store.append('b', entry(), second)).toEqual({ outcome: 'unknown' });
  });

  it('for what it expected uses no number', () => {
    const store = storeOf();
    store.append('a', entry({ key: 'k' }), {});
    const asked = { ...first, expect: { offset: 0, id: '' } };
    const conflict = { outcome: 'conflict', at: { offset: 1, id: 'x' } };
    expect(store.append('a', entry({ key: 'k' }), asked)).toEqual(conflict);
    expect(store.append('a', entry({ key: 'k' }), first)).toMatchObject({ duplicate: false });
  });
});

describe('a value too long', () => {
  it('is refused in a channel that does not exist yet, as in any other', () => {
    const store = storeOf({ maxStateBytes: 300 });
    const long = entry({ key: 'k', data: 'x'.repeat(200) });
    expect(() => store.append('a', long, {})).toThrow(full);
    expect(store.channels.find('a')).toBe(undefined);
    const removal = entry({ key: 'k', removed: true });
    expect(store.append('a', removal, {})).toMatchObject({ outcome: 'appended' });
  });
});

describe('a removal', () => {
  it('has room where no value has', () => {
    const store = storeOf({ maxKeys: 1 });
    store.append('a', entry({ key: 'k' }), {});
    expect(() => store.append('a', entry({ key: 'other' }), {})).toThrow(full);
    for (const key of ['other', 'k']) {
      const removal = entry({ key, removed: true });
      expect(store.append('a', removal, {})).toMatchObject({ outcome: 'appended' });
    }
  });
});

describe('announcements', () => {
  it('do not reach who left while others were told', () => {
    const store = storeOf();
    const { followers } = store.channels.use('a', 0);
    const told: string[] = [];
    const second: Follower = { ears: { hear: () => {}, deliver: () => told.push('second') } };
    const first: Follower = {
      ears: {
        hear: () => {},
        deliver() {
          told.push('first');
          followers.delete(second);
        },
      },
    };
    followers.add(first);
    followers.add(second);
    store.append('a', entry(), {});
    expect(told).toEqual(['first']);
  });

  it('go on after a listener has thrown', () => {
    const store = storeOf();
    const told: number[] = [];
    const listener: Follower = {
      ears: {
        hear: () => {},
        deliver(_, __, { offset }) {
          told.push(offset);
          throw new Error('on purpose');
        },
      },
    };
    store.channels.use('a', 0).followers.add(listener);
    expect(() => store.append('a', entry(), {})).toThrow('on purpose');
    expect(() => store.append('a', entry(), {})).toThrow('on purpose');
    expect(told).toEqual([1, 2]);
  });
});

describe('the record of a producer', () => {
  it('outlives its channel: what was appended to the life before is not appended again', () => {
    let lives = 0;
    const store = storeOf({
      maxChannels: 1,
      forgetAfterMs: 0,
      randomId: () => {
        lives += 1;
        return `e${lives}`;
      },
    });
    const appended = store.append('a', entry(), first);
    store.append('b', entry(), {});
    expect(store.append('a', entry(), first)).toEqual({ ...appended, duplicate: true });
    const second = { producer: { ...first.producer, seq: 2 } };
    expect(store.append('a', entry(), second)).toMatchObject({
      position: { epoch: 'e3', offset: 1 },
    });
  });
});
