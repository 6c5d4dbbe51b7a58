/**
 * Where a client keeps what must outlive the page, and how it makes sure that nobody else holds the same.
 */

/** Small records by name. */
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

/** What one tab remembers over a reload, and a duplicate of it begins with: as `sessionStorage` has it. */
export interface TabMemory {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Undefined where the platform has none, as in pages that came by http: from another machine. */
export function platformLocks(): ClientLocks | undefined {
  return (globalThis as { navigator?: { locks?: ClientLocks } }).navigator?.locks;
}

/** Undefined where there is no page, and where a page may keep nothing. */
export function platformMemory(): TabMemory | undefined {
  try {
    return typeof document === 'object' ? sessionStorage : undefined;
  } catch {
    return undefined;
  }
}

/** For a program that is the only one with its storage, one client at a time: every lock is free. */
export const onlyClient: ClientLocks = {
  request: async (_name, _options, hold) => hold({}),
};
