/**
 * Which tab this is, over reloads: its slot among the tabs of the application, and the session that goes on in it.
 * In: what the tab remembers. Out: the same for the next page. Fails: never; a tab that can remember nothing is another with each page.
 *
 * A duplicated tab begins with the same memory. Who is meant by it is whoever has the lock of the slot: the other begins anew.
 */
import type { KeptStay } from '../keeping.ts';
import type { TabMemory } from './storage.ts';

interface Remembered {
  readonly slot: number;
  /** Of the tab: records in its slot bear it. */
  readonly id: string;
  /** Pages that there were in it. */
  readonly life: number;
  readonly stay: KeptStay | undefined;
}

/** Requests that one page may make before their ids are those of the next. */
const idsOfLife = 2 ** 32;
/** More lives have no ids. */
const maxLives = 2 ** 20;

export class Tab {
  id: string;
  readonly #memory: TabMemory | undefined;
  readonly #key: string;
  readonly #randomId: () => string;
  readonly #life: number;
  readonly #found: Remembered | undefined;
  #slot: number | undefined;
  #stay: KeptStay | undefined;

  constructor(memory: TabMemory | undefined, key: string, randomId: () => string) {
    this.#memory = memory;
    this.#key = key;
    this.#randomId = randomId;
    const found = this.#read();
    this.#life = (found?.life ?? -1) + 1;
    this.id = found?.id ?? randomId();
    // Before it is used: no two pages may make requests with the same ids in one session.
    const isCounted = found !== undefined && this.#write({ ...found, life: this.#life });
    this.#found = isCounted ? found : undefined;
  }

  /** False: each page is a tab of its own. */
  get hasMemory(): boolean {
    return this.#memory !== undefined;
  }

  get firstId(): number {
    return this.#life * idsOfLife;
  }

  /** Where the page before was. */
  get formerSlot(): number | undefined {
    return this.#found?.slot;
  }

  /** This page has the lock of the former slot: it is the tab that is remembered. Gives the session that goes on. */
  same(): KeptStay | undefined {
    this.#slot = this.#found?.slot;
    this.#stay = this.#found?.stay;
    return this.#stay;
  }

  /** It is not. */
  another(): undefined {
    this.rename();
  }

  /** What bears its name until now is not its own any more. */
  rename(): void {
    this.id = this.#randomId();
    this.#note();
  }

  /** Undefined: there was none for it. */
  settle(slot: number | undefined): void {
    this.#slot = slot;
    this.#note();
  }

  welcomed(stay: KeptStay): void {
    this.#stay = stay;
    this.#note();
  }

  /** Its session ends with it. */
  closed(): void {
    this.#stay = undefined;
    this.#note();
  }

  #note(): void {
    const slot = this.#slot;
    if (slot === undefined) {
      this.#memory?.removeItem(this.#key);
    } else {
      this.#write({ slot, id: this.id, life: this.#life, stay: this.#stay });
    }
  }

  #read(): Remembered | undefined {
    try {
      const found = JSON.parse(this.#memory?.getItem(this.#key) ?? 'null') as Remembered | null;
      return found !== null && isRemembered(found) ? found : undefined;
    } catch {
      return undefined;
    }
  }

  #write(remembered: Remembered): boolean {
    try {
      this.#memory?.setItem(this.#key, JSON.stringify(remembered));
      return true;
    } catch {
      // It is full: the next page begins anew.
      return false;
    }
  }
}

/** The application may have written there, or another version of us. */
function isRemembered({ slot, id, life, stay }: Remembered): boolean {
  return (
    Number.isSafeInteger(slot) &&
    typeof id === 'string' &&
    Number.isSafeInteger(life) &&
    life >= 0 &&
    life < maxLives &&
    (stay === undefined || (typeof stay.session === 'string' && typeof stay.secret === 'string'))
  );
}
