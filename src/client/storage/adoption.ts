/**
 * What clients left that are gone: the next one of their user sends it, as another holder of their producers.
 * In: whom the server let in, and slots that nobody holds. Out: their outboxes, put into ours. Fails as the storage and the locks do.
 *
 * Each stays in its own slot, under its lock, until nothing of it waits: so it is in one slot at any moment, and has one holder.
 */
import type { KeepPort, Kept } from '../keeping.ts';
import type { Records } from './record.ts';
import { type Holding, maxSlots, type Slots } from './slots.ts';

export class Adoption {
  readonly #slots: Slots;
  readonly #records: Records;
  readonly #port: Pick<KeepPort, 'adopt' | 'look'>;
  /** By key. */
  readonly #adopted = new Map<string, Holding>();
  #user: string | undefined;
  #isLooking = false;

  constructor(slots: Slots, records: Records, port: Pick<KeepPort, 'adopt' | 'look'>) {
    this.#slots = slots;
    this.#records = records;
    this.#port = port;
  }

  /** Looks into all slots that nobody holds; `own` is ours. */
  async look(user: string, own: Holding): Promise<void> {
    this.#user = user;
    if (this.#isLooking) {
      return;
    }
    this.#isLooking = true;
    try {
      for (let slot = 0; slot < maxSlots && !this.#slots.hasEnded; slot += 1) {
        const isOurs = [own, ...this.#adopted.values()].some((held) => held.slot === slot);
        if (!isOurs) {
          await this.#lookInto(slot);
        }
      }
    } finally {
      this.#isLooking = false;
    }
  }

  /** What has to be kept of each now. */
  get all(): readonly { readonly held: Holding; readonly kept: Kept }[] {
    return [...this.#adopted.values()].map((held) => ({ held, kept: this.#port.look(held.key) }));
  }

  /** Nothing of it waits any more, or it is left to others: it is not ours. */
  forget({ key }: Holding): void {
    this.#adopted.delete(key);
  }

  async #lookInto(slot: number): Promise<void> {
    const held = await this.#slots.hold(slot);
    if (held === undefined) {
      return;
    }
    let isTaken = false;
    try {
      isTaken = await this.#take(held);
    } finally {
      if (!isTaken) {
        held.release();
      }
    }
  }

  async #take(held: Holding): Promise<boolean> {
    const record = await this.#records.read(held);
    if (record === undefined || record === 'foreign' || this.#slots.hasEnded) {
      return false;
    }
    if (this.#records.isSpent(record)) {
      await this.#records.remove(held);
      return false;
    }
    // Whose it is that was never let in nobody knows.
    if (record.user === undefined || record.user !== this.#user) {
      return false;
    }
    // Before it is put into the outbox, which keeps it anew.
    this.#adopted.set(held.key, held);
    const isTaken = this.#port.adopt(held.key, record);
    if (!isTaken) {
      this.forget(held);
    }
    return isTaken;
  }
}
