/**
 * Which tab this is, over reloads: its place among the tabs of the application, and the session that goes on in it.
 * In: what the tab remembers. Out: the same for the next page. Fails: never; a tab that can remember nothing is another with each page.
 *
 * A duplicated tab begins with the same memory. Who is meant by it is whoever has the lock of the place: the other begins anew.
 */
import type { KeptStay } from '../keeping.ts';
import type { TabMemory } from './storage.ts';

interface Remembered {
  readonly place: number;
  /** Of the tab: records in its place bear it. */
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
  #place: number | undefined;
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
  get formerPlace(): number | undefined {
    return this.#found?.place;
  }

  /** This page has the lock of the former place: it is the tab that is remembered. Gives the session that goes on. */
  same(): KeptStay | undefined {
    this.#place = this.#found?.place;
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
  settle(place: number | undefined): void {
    this.#place = place;
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
    const place = this.#place;
    if (place === undefined) {
      this.#memory?.removeItem(this.#key);
    } else {
      this.#write({ place, id: this.id, life: this.#life, stay: this.#stay });
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
function isRemembered({ place, id, life, stay }: Remembered): boolean {
  return (
    Number.isSafeInteger(place) &&
    typeof id === 'string' &&
    Number.isSafeInteger(life) &&
    life >= 0 &&
    life < maxLives &&
    (stay === undefined || (typeof stay.session === 'string' && typeof stay.secret === 'string'))
  );
}
