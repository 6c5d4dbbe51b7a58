/**
 * The slot of this tab among those that share a storage.
 * In: what the tab remembers, locks and records. Out: a slot, and what is there for this tab. Fails as the storage and the locks do.
 */
import type { Kept, KeptStay } from '../keeping.ts';
import type { Records } from './record.ts';
import { type Holding, maxSlots, type Slots } from './slots.ts';
import type { Tab } from './tab.ts';

export class OwnSlot {
  held: Holding | undefined;
  readonly #tab: Tab;
  readonly #slots: Slots;
  readonly #records: Records;

  constructor(tab: Tab, slots: Slots, records: Records) {
    this.#tab = tab;
    this.#slots = slots;
    this.#records = records;
  }

  /** Gives the session that goes on, if this is the tab that is remembered: nobody else has its slot. */
  async resume(): Promise<KeptStay | undefined> {
    const { formerSlot } = this.#tab;
    const held = formerSlot === undefined ? undefined : await this.#slots.holdAgain(formerSlot);
    if (this.#slots.hasEnded) {
      held?.release();
      return undefined;
    }
    this.held = held;
    return held === undefined ? this.#tab.another() : this.#tab.same();
  }

  /** Gives what is kept there for us. */
  async take(): Promise<Kept | undefined> {
    const { held } = this;
    if (held !== undefined) {
      const record = await this.#records.read(held);
      if (record === undefined || (record !== 'foreign' && record.tab === this.#tab.id)) {
        return record;
      }
      // Others had the slot since.
      held.release();
      this.held = undefined;
    }
    // Where tabs have no memory, whoever has a slot goes on with what is there.
    return this.#takeEmpty(!this.#tab.hasMemory);
  }

  /** What is where we were is another's from now on. */
  async takeAnother(): Promise<void> {
    this.#tab.rename();
    await this.#takeEmpty(false);
  }

  async #takeEmpty(mayGoOn: boolean): Promise<Kept | undefined> {
    for (let slot = 0; slot < maxSlots && !this.#slots.hasEnded; slot += 1) {
      const held = await this.#slots.hold(slot);
      const record = held && (await this.#lookInto(held));
      const isFree =
        record === undefined ||
        (record !== 'foreign' && (mayGoOn || this.#records.isSpent(record)));
      if (held !== undefined && isFree && !this.#slots.hasEnded) {
        this.held = held;
        this.#tab.settle(slot);
        return mayGoOn ? record : undefined;
      }
      held?.release();
    }
    this.#tab.settle(undefined);
    return undefined;
  }

  async #lookInto(held: Holding): ReturnType<Records['read']> {
    try {
      return await this.#records.read(held);
    } catch (error) {
      held.release();
      throw error;
    }
  }
}
