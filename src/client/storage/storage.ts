/**
 * Where a client keeps what must outlive the page, and how it makes sure that nobody else holds the same.
 */

/** Small records by name. One place for each user of the application: what waits in it is sent as whoever is logged in. */
export interface ClientStorage {
  /** Undefined where nothing is kept. */
  get(key: string): Promise<unknown>;
  /** Resolves when it is kept. `value` is what `structuredClone` can copy. */
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

/** As `navigator.locks` has it. */
export interface ClientLocks {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    hold: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** Undefined where the platform has none: then only one client at a time may use a storage. */
export function platformLocks(): ClientLocks | undefined {
  return (globalThis as { navigator?: { locks?: ClientLocks } }).navigator?.locks;
}
