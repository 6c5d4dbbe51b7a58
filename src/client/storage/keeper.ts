/**
 * The outbox and the session across reloads: what waits and under which numbers, and whose it is.
 * In: a storage, locks, what the tab remembers, and what the outbox holds whenever that changed. Out: what the page before had kept, and
 * when a change is kept. Fails: once, by `failed`; from then on nothing is kept, and what was kept is taken away: this client sends it still.
 *
 * Each tab holds one of a few slots, under a lock: a reloaded page finds its slot again, and a duplicated tab takes another.
 */
import type { KeepOutbox, KeepPort, Kept, KeptStay, OutboxKeeper } from '../keeping.ts';
import { Adoption } from './adoption.ts';
import { OwnSlot } from './own-slot.ts';
import { Records } from './record.ts';
import { type Holding, Slots } from './slots.ts';
import {
  type ClientLocks,
  type ClientStorage,
  platformLocks,
  platformMemory,
  type TabMemory,
} from './storage.ts';
import { Tab } from './tab.ts';

/** Under which name an outbox is kept, and how tabs keep apart. */
export interface KeepOptions {
  /** Of the application and its server: clients with the same name send what others left. @default 'tautline' */
  readonly name?: string;
  /** How tabs keep apart. Where there are none nothing is kept. @default the platform's */
  readonly locks?: ClientLocks;
  /** By what a page that is loaded anew knows which tab it is. @default `sessionStorage` */
  readonly memory?: TabMemory;
}

/** The defaults of `KeepOptions`. */
export const keepDefaults: Required<Pick<KeepOptions, 'name'>> = { name: 'tautline' };

/** For `keep` of the client's options. */
export function keepIn(storage: ClientStorage, options: KeepOptions = {}): KeepOutbox {
  return (port) => new Keeper(storage, options, port);
}

class Keeper implements OutboxKeeper {
  readonly #port: KeepPort;
  readonly #slots: Slots;
  readonly #records: Records;
  readonly #adoption: Adoption;
  readonly #tab: Tab;
  readonly #own: OwnSlot;
  #user: string | undefined;
  /** What was kept has been read. */
  #isOpen = false;
  /** The outbox has what an earlier page left: before that there is nothing to write, and something to lose. */
  #hasBegun = false;
  #begun: Promise<KeptStay | undefined> | undefined;
  #working: Promise<void> = Promise.resolve();
  /** A write that has not begun: it will keep what is changed until then. */
  #next: Promise<void> | undefined;

  constructor(storage: ClientStorage, options: KeepOptions, port: KeepPort) {
    const { locks = platformLocks(), memory = platformMemory() } = options;
    const name = options.name ?? keepDefaults.name;
    this.#port = port;
    this.#slots = new Slots(locks, name, port.clock);
    this.#records = new Records(storage, port.clock);
    this.#adoption = new Adoption(this.#slots, this.#records, port);
    this.#tab = new Tab(memory, `${name}-tab`, port.randomId);
    this.#own = new OwnSlot(this.#tab, this.#slots, this.#records);
  }

  get isKeeping(): boolean {
    return this.#isOpen && this.#own.held !== undefined && !this.#hasEnded;
  }

  get firstId(): number {
    return this.#tab.firstId;
  }

  begin(): Promise<KeptStay | undefined> {
    this.#begun ??= this.#resume();
    return this.#begun;
  }

  async open(): Promise<Kept | undefined> {
    await this.begin();
    try {
      const kept = this.#hasEnded ? undefined : await this.#own.take();
      this.#isOpen = true;
      this.#adopt();
      return kept;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  save(): Promise<void> {
    this.#hasBegun = true;
    this.#next ??= this.#work(() => {
      this.#next = undefined;
      return this.#write();
    });
    return this.#next;
  }

  welcomed(stay: KeptStay, user: string): void {
    this.#tab.welcomed(stay);
    this.#user = user;
    this.#adopt();
  }

  part(kept: Kept): void {
    const { held: own } = this.#own;
    const left = [...this.#adoption.all];
    if (own !== undefined && kept.lanes.some(({ letters }) => letters.length > 0)) {
      left.push({ held: own, kept });
      this.#own.held = undefined;
    }
    // A write that has not begun knows nothing of the new slot.
    this.#next = undefined;
    const { id } = this.#tab;
    for (const { held } of left) {
      this.#adoption.forget(held);
    }
    void this.#work(async () => {
      for (const last of left) {
        await this.#records.write(last.held, id, last.kept);
        last.held.release();
      }
      if (this.#own.held === undefined && !this.#hasEnded) {
        await this.#own.takeAnother();
      }
    });
  }

  close(): void {
    const held = this.#look();
    const last = this.#hasBegun && !this.#hasEnded ? held : [];
    this.#slots.hasEnded = true;
    this.#tab.closed();
    const { id } = this.#tab;
    void this.#work(async () => {
      for (const { held: slot, kept } of last) {
        const lanes = this.#records.isSpent(kept) ? [] : kept.lanes;
        await this.#records.write(slot, id, { ...kept, lanes });
      }
    }).then(() => {
      for (const { held: slot } of held) {
        slot.release();
      }
    });
  }

  get #hasEnded(): boolean {
    return this.#slots.hasEnded;
  }

  /** What has to be kept now, and where. */
  #look(): readonly { readonly held: Holding; readonly kept: Kept }[] {
    const { held } = this.#own;
    const { all } = this.#adoption;
    return held === undefined ? all : [{ held, kept: this.#port.look() }, ...all];
  }

  async #resume(): Promise<KeptStay | undefined> {
    try {
      return await this.#own.resume();
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** What this user's clients left that are gone. */
  #adopt(): void {
    const user = this.#user;
    const { held } = this.#own;
    if (this.isKeeping && held !== undefined && user !== undefined) {
      void this.#adoption.look(user, held).catch((error: unknown) => this.#fail(error));
    }
  }

  async #write(): Promise<void> {
    if (this.#hasEnded) {
      return;
    }
    const all = this.#look();
    await Promise.all(all.map(({ held, kept }) => this.#records.write(held, this.#tab.id, kept)));
    for (const { held, kept } of all) {
      if (held !== this.#own.held && kept.lanes.length === 0) {
        this.#adoption.forget(held);
        held.release();
      }
    }
  }

  #fail(error: unknown): void {
    if (!this.#hasEnded) {
      this.#slots.hasEnded = true;
      // What stays there in spite of us is not this tab's.
      this.#tab.rename();
      void this.#work(() => this.#withdraw());
      this.#port.failed(error);
    }
  }

  /** Whoever has a slot next would send again what this client sends. What cannot be taken away is locked until this client is gone. */
  async #withdraw(): Promise<void> {
    for (const { held } of this.#isOpen ? this.#look() : []) {
      await this.#records.remove(held);
    }
  }

  /** One after the other. Never rejects. */
  #work(task: () => Promise<unknown>): Promise<void> {
    this.#working = this.#working.then(task).then(
      () => undefined,
      (error: unknown) => this.#fail(error),
    );
    return this.#working;
  }
}
