/**
 * What is kept in one slot: an outbox, and of which tab it is.
 * In: a storage, and what has to be kept. Out: what is there. Fails as the storage does, or when it does not answer.
 */
import type { Clock } from '../../ground/clock.ts';
import type { Kept } from '../keeping.ts';
import type { Holding } from './slots.ts';
import type { ClientStorage } from './storage.ts';
import { timely } from './timely.ts';

export interface KeptRecord extends Kept {
  readonly version: 1;
  readonly tab: string;
}

export class Records {
  readonly #storage: ClientStorage;
  readonly #clock: Clock;

  constructor(storage: ClientStorage, clock: Clock) {
    this.#storage = storage;
    this.#clock = clock;
  }

  /** `foreign`: of another version of us. */
  async read({ key }: Holding): Promise<KeptRecord | 'foreign' | undefined> {
    const value = await timely(this.#clock, this.#storage.get(key));
    if (value === undefined) {
      return undefined;
    }
    return (value as Partial<KeptRecord> | null)?.version === 1 ? (value as KeptRecord) : 'foreign';
  }

  /** Nothing is kept of nothing. */
  async write(held: Holding, tab: string, kept: Kept): Promise<void> {
    if (kept.lanes.length === 0) {
      await this.remove(held);
    } else {
      const record: KeptRecord = { version: 1, tab, ...kept };
      await timely(this.#clock, this.#storage.put(held.key, record));
    }
  }

  remove({ key }: Holding): Promise<void> {
    return timely(this.#clock, this.#storage.delete(key));
  }

  /** Nothing waits in it that could be sent yet: numbers alone are of use to their own tab only. */
  isSpent({ lanes }: Kept): boolean {
    const nowMs = this.#clock.wallMs();
    return lanes.every(({ letters }) => letters.every(({ untilMs }) => untilMs <= nowMs));
  }
}
