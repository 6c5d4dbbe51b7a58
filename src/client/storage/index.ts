/**
 * `tautline/client/storage`: an outbox that outlives the page.
 */
export { type IndexedDbOptions, indexedDb, indexedDbDefaults } from './indexed-db.ts';
export { type KeepOptions, keepIn } from './keeper.ts';
export type { ClientLocks, ClientStorage } from './storage.ts';
