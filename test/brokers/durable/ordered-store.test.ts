/**
 * The shape, held against the library that it was taken from; and the store that tests use, against the same.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodings } from '../../../src/brokers/durable/ordered-store.ts';
import type { OrderedStore } from '../../../src/brokers/durable.ts';
import { SortedStore } from './sorted-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'tautline-level-'));
const level = new ClassicLevel(folder);
beforeAll(() => level.open());
afterAll(async () => {
  await level.close();
  rmSync(folder, { recursive: true });
});

const stores: Readonly<Record<string, OrderedStore>> = {
  'classic-level': level,
  'the sorted store of these tests': new SortedStore(),
};

describe.each(Object.entries(stores))('%s has the shape', (_, store) => {
  const all = { gte: '', lt: '\uffff', limit: 10 };

  it('a batch puts and deletes, ranges come in order, up to their limit, from either end', async () => {
    const put = (key: string) => ({ type: 'put' as const, key, value: Uint8Array.of(key.length) });
    await store.batch(['b', 'aé', 'c', 'a'].map(put), { ...encodings, sync: true });
    await store.batch([{ type: 'del', key: 'b' }, put('dd')], { ...encodings, sync: true });
    const keys = async (range: Parameters<OrderedStore['iterator']>[0]): Promise<string[]> =>
      (await store.iterator(range).all()).map(([key]) => key);
    expect(await keys({ ...encodings, ...all })).toEqual(['a', 'aé', 'c', 'dd']);
    expect(await keys({ ...encodings, ...all, limit: 2 })).toEqual(['a', 'aé']);
    expect(await keys({ ...encodings, ...all, limit: 2, reverse: true })).toEqual(['dd', 'c']);
    expect(await keys({ ...encodings, gte: 'aé', lt: 'dd', limit: 9 })).toEqual(['aé', 'c']);
  });

  it('closed and opened again it is what it was', async () => {
    await store.close!();
    await store.open!();
    expect(await store.get('dd', encodings)).toBeDefined();
  });

  it('get gives bytes, or undefined', async () => {
    const value = await store.get('dd', encodings);
    expect(value && [...value]).toEqual([2]);
    expect(await store.get('b', encodings)).toBeUndefined();
  });
});
