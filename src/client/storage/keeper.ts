/**
 * The outbox across reloads: what waits in it, and under which numbers.
 * In: a storage, locks, and what the outbox holds whenever that changed. Out: what was kept by the page before, and when a change is kept.
 * Fails: once, by `failed`; from then on nothing is kept, and what was kept is taken away: this client sends it still.
 *
 * Each tab holds one of a few places, under a lock: a reloaded page finds its place again, and a duplicated tab takes another.
 */
import type { Cancel } from '../../ground/clock.ts';
import type { KeepOutbox, KeepPort, Kept, OutboxKeeper } from '../keeping.ts';
import { type ClientLocks, type ClientStorage, platformLocks } from './storage.ts';

export interface KeepOptions {
  /** How tabs that share a storage keep apart. @default the platform's */
  readonly locks?: ClientLocks;
}

/** So many tabs keep their outboxes; those beyond do not. */
export const maxPlaces = 16;
/** A storage that has not answered by then has failed: publications wait for it. Milliseconds. */
export const storageWithinMs = 10_000;
/** An alarm that comes by more than this after its time was held up, and the storage with it. */
const lateAfterMs = 1_000;

/**
 * For `keep` of the client's options. Without locks, as where the platform has none, only one client at a time may use a storage.
 */
export function keepIn(
  storage: ClientStorage,
  { locks = platformLocks() }: KeepOptions = {},
): KeepOutbox {
  return (port) => new Keeper(storage, locks, port);
}

class Keeper implements OutboxKeeper {
  private readonly storage: ClientStorage;
  private readonly locks: ClientLocks | undefined;
  private readonly port: KeepPort;
  private place: string | undefined;
  private release: (() => void) | undefined;
  private hasEnded = false;
  /** The outbox has what an earlier page left: before that there is nothing to write, and something to lose. */
  private hasBegun = false;
  /** What is kept when the client has been closed: it goes on with the next. */
  private last: Kept | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** A write that has not begun: it will keep what is changed until then. */
  private next: Promise<void> | undefined;

  constructor(storage: ClientStorage, locks: ClientLocks | undefined, port: KeepPort) {
    this.storage = storage;
    this.locks = locks;
    this.port = port;
  }

  get isKeeping(): boolean {
    return this.place !== undefined && !this.hasEnded;
  }

  /** Takes a place; gives what was kept there. */
  async open(): Promise<Kept | undefined> {
    try {
      const place = await this.timely(this.takePlace());
      if (this.hasEnded) {
        this.release?.();
        return undefined;
      }
      const kept = place === undefined ? undefined : await this.timely(this.storage.get(place));
      // Not before: what is written until then would be read as what an earlier page left, and take the place of that.
      this.place = place;
      return kept as Kept | undefined;
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  /** Resolves when all that has changed until now is kept; also when it cannot be. */
  save(): Promise<void> {
    this.hasBegun = true;
    this.next ??= this.writing.then(() => {
      this.writing = this.next ?? this.writing;
      this.next = undefined;
      return this.write();
    });
    return this.next;
  }

  /** What is held now stays; the place is free for the next. */
  close(): void {
    if (!this.hasBegun) {
      this.hasEnded = true;
      this.release?.();
      return;
    }
    this.last = this.port.look();
    void this.save().then(() => {
      this.hasEnded = true;
      this.release?.();
    });
  }

  private async write(): Promise<void> {
    const { place, last, storage } = this;
    if (place === undefined || this.hasEnded) {
      return;
    }
    const kept = last ?? this.port.look();
    try {
      await this.timely(kept.lanes.length === 0 ? storage.delete(place) : storage.put(place, kept));
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (!this.hasEnded) {
      this.hasEnded = true;
      void this.withdraw();
      this.port.failed(error);
    }
  }

  /** Whoever has the place next would send again what this client sends: until it is taken away, nobody has it. Never rejects. */
  private async withdraw(): Promise<void> {
    const { place, storage } = this;
    try {
      if (place !== undefined) {
        await storage.delete(place);
      }
      this.release?.();
    } catch {
      // The place is free when the client is closed, or the page is gone.
    }
  }

  private timely<Value>(answer: Promise<Value>): Promise<Value> {
    const { clock } = this.port;
    return new Promise((resolve, reject) => {
      const watch = (): Cancel => {
        const beganMs = clock.nowMs();
        return clock.after(storageWithinMs, () => {
          if (clock.nowMs() - beganMs > storageWithinMs + lateAfterMs) {
            cancel = watch();
          } else {
            reject(new Error('the storage does not answer'));
          }
        });
      };
      let cancel = watch();
      void answer.then(resolve, reject).finally(() => cancel());
    });
  }

  private async takePlace(): Promise<string | undefined> {
    const { locks } = this;
    if (locks === undefined) {
      return nameOf(0);
    }
    for (let n = 0; n < maxPlaces; n += 1) {
      this.release = await held(locks, nameOf(n));
      if (this.hasEnded) {
        // Nobody waits for it any more.
        this.release?.();
        return undefined;
      }
      if (this.release !== undefined) {
        return nameOf(n);
      }
    }
    return undefined;
  }
}

function nameOf(n: number): string {
  return `tautline-outbox-${n}`;
}

/** Takes a lock that nobody holds; gives how to let it go. */
function held(locks: ClientLocks, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const hold = (lock: unknown): Promise<void> | undefined => {
      if (lock === null) {
        resolve(undefined);
        return undefined;
      }
      return new Promise((release) => {
        resolve(release);
      });
    };
    locks.request(name, { ifAvailable: true }, hold).catch(reject);
  });
}
