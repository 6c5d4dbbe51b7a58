/**
 * Handshakes with the same server, one after the other (RFC 6455 §4.1 item 2): "there MUST be no more than one connection in a
 * CONNECTING state".
 * In: a server's name and what is to be done. Out: its result, in turn. Fails as the work does; the next one begins nevertheless.
 */

export class DialQueue {
  /** The end of the latest handshake with each server. Forgotten with it. */
  private readonly ends = new Map<string, Promise<void>>();

  run<Result>(server: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.ends.get(server) ?? Promise.resolve();
    const mine = before.then(work);
    const end = mine.then(
      () => {},
      () => {},
    );
    this.ends.set(server, end);
    void end.then(() => {
      if (this.ends.get(server) === end) {
        this.ends.delete(server);
      }
    });
    return mine;
  }

  /** Servers with which a handshake is under way or awaited. */
  get size(): number {
    return this.ends.size;
  }
}
