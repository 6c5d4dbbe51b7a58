/**
 * `tautline/client/storage`: an outbox, a session and positions that outlive the page.
 */
export { type FollowKeptOptions, followKept, followKeptDefaults } from './follow-kept.ts';
export { type IndexedDbOptions, indexedDb, indexedDbDefaults } from './indexed-db.ts';
export { type KeepOptions, keepDefaults, keepIn } from './keeper.ts';
export { type ClientLocks, type ClientStorage, onlyClient, type TabMemory } from './storage.ts';
export { type TabStorageOptions, tabStorage, tabStorageDefaults } from './tab-storage.ts';
