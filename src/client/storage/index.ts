/**
 * `tautline/client/storage`: an outbox and positions that outlive the page.
 */
export { type FollowKeptOptions, followKept, followKeptDefaults } from './follow-kept.ts';
export { type IndexedDbOptions, indexedDb, indexedDbDefaults } from './indexed-db.ts';
export { type KeepOptions, keepIn } from './keeper.ts';
export type { ClientLocks, ClientStorage } from './storage.ts';
