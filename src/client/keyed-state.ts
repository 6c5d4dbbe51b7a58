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
  put(epoch: string, publication: Publication): 'taken' | 'full';
  /** All has come. */
  complete(): void;
}

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
  /** While a snapshot comes: what came of it. */
  #snapshot: Map<string, Received> | undefined;

  constructor(maxKeys: number, changed: (change: StateChange) => void) {
    this.#maxKeys = maxKeys;
    this.#changed = changed;
  }

  /** What comes until `complete` is what changed; or all there is. */
  begin(isSnapshot: boolean): void {
    this.#snapshot = isSnapshot ? new Map() : undefined;
  }

  put(epoch: string, publication: Publication): 'taken' | 'full' {
    const { key, removed } = publication;
    if (key === undefined) {
      return 'taken';
    }
    const value = removed === undefined ? receivedFrom(epoch, publication) : undefined;
    if (this.#snapshot === undefined) {
      this.#set(key, value);
    } else if (value === undefined) {
      this.#snapshot.delete(key);
    } else {
      this.#snapshot.set(key, value);
    }
    return (this.#snapshot ?? this.values).size > this.#maxKeys ? 'full' : 'taken';
  }

  /** All has come: of a snapshot only what differs is told. */
  complete(): void {
    const snapshot = this.#snapshot;
    this.#snapshot = undefined;
    if (snapshot !== undefined) {
      for (const key of this.values.keys()) {
        if (!snapshot.has(key)) {
          this.#set(key, undefined);
        }
      }
      for (const [key, value] of snapshot) {
        this.#set(key, value);
      }
    }
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
