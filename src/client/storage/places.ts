/**
 * The places of the tabs that share a storage, each under a lock.
 * In: a number. Out: the place, when nobody has it. Fails: when there are no locks, or they fail or do not answer.
 */
import type { Clock } from '../../ground/clock.ts';
import type { ClientLocks } from './storage.ts';
import { timely } from './timely.ts';

/** So many tabs keep their outboxes; those beyond do not. */
export const maxPlaces = 16;
/** The page before may not have let its place go yet: it is asked for so often, */
const patience = 10;
/** after as many milliseconds. */
const askAgainMs = 50;

/** A place that nobody else has. */
export interface Holding {
  readonly place: number;
  /** Of its lock, and of what is kept there. */
  readonly key: string;
  readonly release: () => void;
}

export class Places {
  /** Nobody waits for any more. */
  hasEnded = false;
  readonly #locks: ClientLocks | undefined;
  readonly #name: string;
  readonly #clock: Clock;

  constructor(locks: ClientLocks | undefined, name: string, clock: Clock) {
    this.#locks = locks;
    this.#name = name;
    this.#clock = clock;
  }

  /** Undefined: somebody has it. */
  async hold(place: number): Promise<Holding | undefined> {
    if (this.#locks === undefined) {
      throw new Error('there are no locks by which tabs could keep apart');
    }
    const key = `${this.#name}-outbox-${place}`;
    const release = await timely(this.#clock, locked(this.#locks, key));
    if (this.hasEnded) {
      release?.();
      return undefined;
    }
    return release && { place, key, release };
  }

  async holdAgain(place: number): Promise<Holding | undefined> {
    let held = await this.hold(place);
    for (let times = 0; times < patience && held === undefined && !this.hasEnded; times += 1) {
      await new Promise<void>((resolve) => {
        this.#clock.after(askAgainMs, resolve);
      });
      held = await this.hold(place);
    }
    return held;
  }
}

/** Takes a lock that nobody holds; gives how to let it go. */
function locked(locks: ClientLocks, name: string): Promise<(() => void) | undefined> {
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
