/**
 * What engines have in common whose nodes share a process: telling several listeners, so that one that throws does not keep the others from hearing.
 * In: things to tell, and how. Out: calls. Fails: with the first error of a listener, when all have been told.
 */

export function tellAll<Listener>(
  listeners: Iterable<Listener>,
  tell: (to: Listener) => void,
): void {
  let failure: { readonly error: unknown } | undefined;
  for (const listener of listeners) {
    try {
      tell(listener);
    } catch (error) {
      failure ??= { error };
    }
  }
  if (failure !== undefined) {
    throw failure.error;
  }
}

/** Tells those who listen now, and still do when their turn comes: who leaves and comes back meanwhile is not told twice. */
export function tellPresent<Listener>(
  listeners: ReadonlySet<Listener>,
  tell: (to: Listener) => void,
): void {
  tellAll([...listeners], (listener) => {
    if (listeners.has(listener)) {
      tell(listener);
    }
  });
}
