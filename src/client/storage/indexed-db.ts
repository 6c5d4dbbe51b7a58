/**
 * Records in the browser's own database.
 * In: a name. Out: a storage. Fails: as the database does: private windows may have none, and disks may be full.
 */
import type { ClientStorage } from './storage.ts';

/** Which database it is. */
export interface IndexedDbOptions {
  /** One for each application; for each of its users, if positions are kept in it. @default 'tautline' */
  readonly name?: string;
  /** An `IDBFactory`, by its shape: on Node there is no type of that name. @default the platform's */
  readonly factory?: { open(name: string, version?: number): unknown };
}

/** The defaults of `IndexedDbOptions`. */
export const indexedDbDefaults: Required<Pick<IndexedDbOptions, 'name'>> = { name: 'tautline' };

const store = 'records';

/** Records in IndexedDB, which tabs of one origin share. */
export function indexedDb(options: IndexedDbOptions = {}): ClientStorage {
  const { name = indexedDbDefaults.name, factory } = options;
  let opening: Promise<IDBDatabase> | undefined;
  const database = async (): Promise<IDBDatabase> => {
    opening ??= open((factory as IDBFactory | undefined) ?? indexedDB, name, () => {
      opening = undefined;
    });
    try {
      return await opening;
    } catch (error) {
      // Asked again next time.
      opening = undefined;
      throw error;
    }
  };
  return {
    get: async (key) =>
      answerOf(
        (await database()).transaction(store).objectStore(store).get(key) as IDBRequest<unknown>,
      ),
    put: async (key, value) => changed(await database(), (records) => records.put(value, key)),
    delete: async (key) => changed(await database(), (records) => records.delete(key)),
  };
}

/** @param closed It serves no more: browsers close what they please, such as that of a page in the background. */
async function open(factory: IDBFactory, name: string, closed: () => void): Promise<IDBDatabase> {
  const request = factory.open(name, 1);
  request.addEventListener('upgradeneeded', () => {
    request.result.createObjectStore(store);
  });
  const database = await answerOf(request);
  // Another tab wants to delete the database, or has a newer version of it.
  database.addEventListener('versionchange', () => {
    database.close();
    closed();
  });
  database.addEventListener('close', closed);
  return database;
}

function answerOf<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(errorOf(request)));
  });
}

/** A record is kept when its transaction is complete, not before. */
function changed(
  database: IDBDatabase,
  change: (records: IDBObjectStore) => unknown,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, 'readwrite');
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(errorOf(transaction)));
    change(transaction.objectStore(store));
  });
}

function errorOf({ error }: { readonly error: DOMException | null }): Error {
  return error ?? new Error('the database gave no reason');
}
