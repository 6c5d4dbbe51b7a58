import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedValues, type StateRetention } from '../../../src/brokers/memory/values.ts';
import type { Publication } from '../../../src/wire/index.ts';

const endless: StateRetention = {
  maxKeys: 1_000,
  maxStateBytes: 1e9,
  maxRemovals: 1_000,
  maxRemovalAgeMs: 1e9,
};

/** Sets or, with a dash before it, removes keys, at the offsets 1, 2, 3 …, each at the time of its offset. */
function valuesOf(words: readonly string[], retention: Partial<StateRetention> = {}): KeyedValues {
  const values = new KeyedValues({ ...endless, ...retention });
  words.forEach((word, i) => {
    set(values, i + 1, word);
  });
  return values;
}

function set(values: KeyedValues, offset: number, word: string, bytes = 1): void {
  const removed = word.startsWith('-');
  const key = removed ? word.slice(1) : word;
  const entry = { offset, id: `p${offset}`, prev: { offset: 0, id: '' }, data: null, atMs: 0, key };
  const publication: Publication = removed ? { ...entry, removed: true } : entry;
  values.set(key, publication, { bytes, nowMs: offset });
}

function offsets(values: KeyedValues, after = 0, limit = 1_000): number[] {
  return values.after(after, limit).publications.map(({ offset }) => offset);
}

const full = expect.objectContaining({ code: 'BROKER_FULL', retryable: true });

describe('keyed values', () => {
  it('are the latest of each key, in order', () => {
    expect(offsets(valuesOf(['a', 'b', 'a', 'c', 'b']))).toEqual([3, 4, 5]);
  });

  it('say where a key stands', () => {
    const values = valuesOf(['a', 'b', '-a']);
    expect(values.at('b')).toEqual({ offset: 2, id: 'p2' });
    expect(values.at('a')).toEqual({ offset: 0, id: '' });
    expect(values.at('c')).toEqual({ offset: 0, id: '' });
  });

  it('are given after an offset, and say whether there are more', () => {
    const values = valuesOf(['a', 'b', 'c', 'b']);
    expect(values.after(0, 2)).toMatchObject({ more: true });
    expect(offsets(values, 0, 2)).toEqual([1, 3]);
    expect(values.after(3, 1)).toMatchObject({ more: false });
    expect(offsets(values, 3, 1)).toEqual([4]);
    expect(values.after(4, 1)).toEqual({ publications: [], more: false });
    expect(values.after(0, 0)).toEqual({ publications: [], more: true });
  });

  it('hold no more places than twice what is kept, however many have passed', () => {
    const values = valuesOf(Array.from({ length: 10_000 }, (_, i) => `${i % 100}`));
    const { order, emptyPlaces } = values as unknown as {
      readonly order: readonly unknown[];
      readonly emptyPlaces: number;
    };
    expect(order.length).toBeLessThanOrEqual(200);
    expect(emptyPlaces).toBe(order.length - 100);
    expect(offsets(values)).toHaveLength(100);
  });

  it('are those that a map would hold, whatever was set and removed', () => {
    const word = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean());
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), fc.nat({ max: 60 }), (list, after) => {
        const words = list.map(([key, removes]) => (removes ? `-${key}` : key));
        const model = new Map<string, number>();
        words.forEach((name, i) => {
          model.set(name.replace('-', ''), i + 1);
        });
        const wanted = [...model.values()].filter((one) => one > after).sort((a, b) => a - b);
        const values = valuesOf(words);
        expect(offsets(values, after)).toEqual(wanted);
        const alive = [...model.values()].filter((one) => !words[one - 1]!.startsWith('-'));
        expect(values.size).toBe(alive.length);
        expect(values.forgotten).toBe(0);
      }),
    );
  });
});

describe('the room for values', () => {
  it('ends with so many keys; those that are there may change, and one that goes makes room', () => {
    const values = valuesOf(['a', 'b'], { maxKeys: 2 });
    expect(() => values.mustHaveRoom('c', 1)).toThrow(full);
    expect(() => values.mustHaveRoom('a', 1)).not.toThrow();
    set(values, 3, '-a');
    expect(() => values.mustHaveRoom('c', 1)).not.toThrow();
    set(values, 4, 'c');
    expect(() => values.mustHaveRoom('a', 1)).toThrow(full);
  });

  it('ends with so many bytes; what gets smaller has room', () => {
    const values = valuesOf([], { maxStateBytes: 10 });
    set(values, 1, 'a', 6);
    expect(() => values.mustHaveRoom('b', 4)).not.toThrow();
    expect(() => values.mustHaveRoom('b', 5)).toThrow(full);
    set(values, 2, 'b', 4);
    expect(() => values.mustHaveRoom('a', 6)).not.toThrow();
    expect(() => values.mustHaveRoom('a', 7)).toThrow(full);
    set(values, 3, '-b', 100);
    expect(() => values.mustHaveRoom('a', 10)).not.toThrow();
    expect(() => values.mustHaveRoom('a', 11)).toThrow(full);
  });
});

describe('removals', () => {
  it('are kept up to a number, then the oldest is forgotten, and that is said', () => {
    const values = valuesOf(['a', 'b', '-a', '-b'], { maxRemovals: 2 });
    expect([offsets(values), values.forgotten]).toEqual([[3, 4], 0]);
    set(values, 5, '-c');
    expect([offsets(values), values.forgotten]).toEqual([[4, 5], 3]);
  });

  it('are kept up to an age', () => {
    const values = valuesOf(['a', 'b', '-a'], { maxRemovalAgeMs: 10 });
    values.trim(13);
    expect([offsets(values), values.forgotten]).toEqual([[2, 3], 0]);
    values.trim(14);
    expect([offsets(values), values.forgotten]).toEqual([[2], 3]);
  });

  it('that were taken back are not forgotten any more', () => {
    const values = valuesOf(['-a', '-b', 'a', '-c'], { maxRemovals: 2 });
    expect([offsets(values), values.forgotten]).toEqual([[2, 3, 4], 0]);
  });
});
