/**
 * Who is still there: each holds a lock of its own name as long as it lives, and who waits for that lock gets it when it does not.
 * In: names. Out: how to stop, and a call when another is gone. Fails: where locks are refused, holding one rejects, and nobody is ever gone.
 */

/** `navigator.locks`, as far as it is used. */
export interface TabLocks {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly steal?: boolean },
    run: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** Resolves when it is held; gives how to let it go. */
export function live(locks: TabLocks, id: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks
      .request(
        lifeOf(id),
        {},
        () =>
          new Promise<void>((release) => {
            resolve(release);
          }),
      )
      .catch(reject);
  });
}

/** Gives how to stop watching. */
export function watch(locks: TabLocks, id: string, gone: () => void): () => void {
  const watching = new AbortController();
  locks
    .request(lifeOf(id), { signal: watching.signal }, () => {
      if (!watching.signal.aborted) {
        watching.abort();
        gone();
      }
      return undefined;
    })
    .catch(() => undefined);
  return () => watching.abort();
}

function lifeOf(id: string): string {
  return `tautline-tab:${id}`;
}
