/**
 * What clients left that are gone: the next one of their user sends it, as another holder of their producers.
 * In: whom the server let in, and places that nobody holds. Out: their outboxes, put into ours. Fails as the storage and the locks do.
 *
 * Each stays in its own place, under its lock, until nothing of it waits: so it is in one place at any moment, and has one holder.
 */
import type { KeepPort, Kept } from '../keeping.ts';
import { type Holding, maxPlaces, type Places } from './places.ts';
import type { Records } from './record.ts';

export class Adoption {
  readonly #places: Places;
  readonly #records: Records;
  readonly #port: Pick<KeepPort, 'adopt' | 'look'>;
  /** By key. */
  readonly #adopted = new Map<string, Holding>();
  #user: string | undefined;
  #isLooking = false;

  constructor(places: Places, records: Records, port: Pick<KeepPort, 'adopt' | 'look'>) {
    this.#places = places;
    this.#records = records;
    this.#port = port;
  }

  /** Looks into all places that nobody holds; `own` is ours. */
  async look(user: string, own: Holding): Promise<void> {
    this.#user = user;
    if (this.#isLooking) {
      return;
    }
    this.#isLooking = true;
    try {
      for (let place = 0; place < maxPlaces && !this.#places.hasEnded; place += 1) {
        const isOurs = [own, ...this.#adopted.values()].some((held) => held.place === place);
        if (!isOurs) {
          await this.#lookInto(place);
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

  async #lookInto(place: number): Promise<void> {
    const held = await this.#places.hold(place);
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
    if (record === undefined || record === 'foreign' || this.#places.hasEnded) {
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
