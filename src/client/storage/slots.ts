/**
 * The slots of the tabs that share a storage, each under a lock.
 * In: a number. Out: the slot, when nobody has it. Fails: when there are no locks, or they fail or do not answer.
 */
import type { Clock } from '../../ground/clock.ts';
import type { ClientLocks } from './storage.ts';
import { timely } from './timely.ts';

/** So many tabs keep their outboxes; those beyond do not. */
export const maxSlots = 16;
/** The page before may not have let its slot go yet: it is asked for so often, */
const patience = 10;
/** after as many milliseconds. */
const askAgainMs = 50;

/** A slot that nobody else has. */
export interface Holding {
  readonly slot: number;
  /** Of its lock, and of what is kept there. */
  readonly key: string;
  readonly release: () => void;
}

export class Slots {
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
  async hold(slot: number): Promise<Holding | undefined> {
    if (this.#locks === undefined) {
      throw new Error('there are no locks by which tabs could keep apart');
    }
    const key = `${this.#name}-outbox-${slot}`;
    const release = await timely(this.#clock, locked(this.#locks, key));
    if (this.hasEnded) {
      release?.();
      return undefined;
    }
    return release && { slot, key, release };
  }

  async holdAgain(slot: number): Promise<Holding | undefined> {
    let held = await this.hold(slot);
    for (let times = 0; times < patience && held === undefined && !this.hasEnded; times += 1) {
      await new Promise<void>((resolve) => {
        this.#clock.after(askAgainMs, resolve);
      });
      held = await this.hold(slot);
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
