/**
 * A channel of keyed state, as it stands: of each key its latest value.
 * In: entries, and snapshots that replace all. Out: what changed. Fails: `full` when there are more keys than may be kept.
 */
import type { Publication } from '../wire/index.ts';
import { type Received, receivedFrom } from './received.ts';

/** Who keeps what a channel of keyed state says. */
export interface Keyed {
  /** What comes until `complete` is what changed; or all there is. */
  begin(isSnapshot: boolean): void;
  put(epoch: string, publication: Publication): Taken;
  /** All has come. */
  complete(): Taken;
}

export type Taken = 'taken' | 'full';

/** A key has another value, or none from here on. */
export interface StateChange {
  readonly key: string;
  /** Undefined: it was removed. */
  readonly value: Received | undefined;
}

export class KeyedState implements Keyed {
  readonly values: Map<string, Received> = new Map();
  readonly #maxKeys: number;
  readonly #changed: (change: StateChange) => void;
  /** What came since `begin`, to be told when all of it is here: an engine may lose it before, and then it never comes again. */
  #coming: Map<string, Received | undefined> | undefined;
  #isSnapshot = false;

  constructor(maxKeys: number, changed: (change: StateChange) => void) {
    this.#maxKeys = maxKeys;
    this.#changed = changed;
  }

  begin(isSnapshot: boolean): void {
    this.#coming = new Map();
    this.#isSnapshot = isSnapshot;
  }

  put(epoch: string, publication: Publication): Taken {
    const { key, removed } = publication;
    if (key === undefined) {
      return 'taken';
    }
    const value = removed === undefined ? receivedFrom(epoch, publication) : undefined;
    const coming = this.#coming;
    if (coming === undefined) {
      this.#set(key, value);
    } else if (value === undefined && (this.#isSnapshot || !this.values.has(key))) {
      coming.delete(key);
    } else {
      coming.set(key, value);
    }
    return this.#fits(coming);
  }

  /** Only what differs is told. */
  complete(): Taken {
    const coming = this.#coming;
    this.#coming = undefined;
    if (coming !== undefined) {
      for (const key of this.#isSnapshot ? this.values.keys() : []) {
        if (!coming.has(key)) {
          this.#set(key, undefined);
        }
      }
      for (const [key, value] of coming) {
        this.#set(key, value);
      }
    }
    return this.#fits(undefined);
  }

  /** Of what changes some may be of keys that are there: how many there will be is known in the end. */
  #fits(coming: ReadonlyMap<string, unknown> | undefined): Taken {
    const most = coming === undefined || this.#isSnapshot ? this.#maxKeys : this.#maxKeys * 2;
    return (coming ?? this.values).size > most ? 'full' : 'taken';
  }

  /** What is known already is not told again. */
  #set(key: string, value: Received | undefined): void {
    if (this.values.get(key)?.id === value?.id) {
      return;
    }
    if (value === undefined) {
      this.values.delete(key);
    } else {
      this.values.set(key, value);
    }
    this.#changed({ key, value });
  }
}
