import { describe, expect, it } from 'vitest';
import { indexedDb } from '../../../src/client/storage/indexed-db.ts';
import { FakeDatabases } from './fake-indexed-db.ts';

function opened(name?: string) {
  const databases = new FakeDatabases();
  const factory = databases as unknown as IDBFactory;
  const open = () => indexedDb(name === undefined ? { factory } : { factory, name });
  return { databases, storage: open(), open };
}

describe('indexedDb', () => {
  it('keeps records beyond the client that wrote them, in a database of the given name', async () => {
    const { databases, storage, open } = opened('ada');
    expect(await storage.get('one')).toBeUndefined();
    await storage.put('one', { bytes: new Uint8Array([1, 2]) });
    await storage.put('two', 2);
    await storage.delete('two');
    expect(await open().get('one')).toEqual({ bytes: new Uint8Array([1, 2]) });
    expect(await open().get('two')).toBeUndefined();
    expect([...databases.records.keys()]).toEqual(['ada']);
  });

  it('is called tautline unless told otherwise, and is opened once', async () => {
    const { databases, storage } = opened();
    await Promise.all([storage.put('one', 1), storage.get('one'), storage.delete('one')]);
    expect([[...databases.records.keys()], databases.opened]).toEqual([['tautline'], 1]);
  });

  it('what the database cannot keep is not kept, and it says why', async () => {
    const { databases, storage } = opened();
    await storage.put('one', 1);
    databases.abortion = new Error('no room');
    await expect(storage.put('one', 2)).rejects.toThrow('no room');
    expect(await storage.get('one')).toBe(1);
  });

  it('a database that cannot be opened is opened again by the next call', async () => {
    const { databases, storage } = opened();
    databases.refusal = new Error('not in private');
    await expect(storage.get('one')).rejects.toThrow('not in private');
    databases.refusal = undefined;
    await storage.put('one', 1);
    expect(await storage.get('one')).toBe(1);
  });

  it.each(['close', 'versionchange'])('after %s the database is opened again', async (event) => {
    const { databases, storage } = opened();
    await storage.put('one', 1);
    databases.tell(event);
    await storage.put('one', 2);
    expect([await storage.get('one'), databases.opened]).toEqual([2, 2]);
  });
});
