/**
 * What the server's own code says in one channel, in the order in which it was said, however long each is validated.
 * In: names of channels, and what is to be said when it is ready. Out: the same, begun in that order. Fails: as it does; the next one goes on
 * nevertheless. A name is remembered as long as something waits under it.
 */

export class InOrder {
  /** By channel: resolves when the last one has begun, or will not. */
  private readonly last = new Map<string, Promise<unknown>>();

  get size(): number {
    return this.last.size;
  }

  /** @param ready Undefined: it is. */
  run<Result>(
    channel: string,
    ready: Promise<unknown> | undefined,
    say: () => Promise<Result>,
  ): Promise<Result> {
    const before = this.last.get(channel);
    if (ready === undefined && before === undefined) {
      return say();
    }
    // In an object, so that the next one does not wait for what becomes of this one.
    const beginning = Promise.all([ready, before]).then(() => ({ said: say() }));
    const begun = Promise.allSettled([beginning, before]).then(() => {
      if (this.last.get(channel) === begun) {
        this.last.delete(channel);
      }
    });
    this.last.set(channel, begun);
    return beginning.then(({ said }) => said);
  }
}
