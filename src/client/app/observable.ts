/**
 * Something that changes, as user interfaces take it: what it is now, and a call when that is no longer so.
 * In: a source, which is at work as long as anybody looks. Out: snapshots that stay the same object while nothing has changed. Fails: what
 * `run` throws is reported as uncaught, and disturbs nobody.
 */
import type { Clock } from '../../ground/clock.ts';

/** Neither function needs its object: they may be passed on alone. */
export interface Observable<Value> {
  /** What is known now: the same object as before, unless something has changed. Never changes what it gave. */
  readonly get: () => Value;
  /** What there is before anybody looks, and where pages are made on a server. Always the same object. */
  readonly initial: Value;
  /**
   * Calls `run` soon after each change, in a microtask, once for all that changed in one turn. What it returns ends that; whatever stands
   * behind it is followed as long as anybody has subscribed.
   */
  readonly subscribe: (run: () => void) => () => void;
}

/** Where the snapshots come from. */
export interface Source<Value> {
  /** Another object only when something has changed. */
  read(): Value;
  stop(): void;
}

/** Begins to work; `changed` says that `read` would give something else now. */
export type Start<Value> = (changed: () => void) => Source<Value>;

/** By name: whoever looks at the same sees the same, and there is one source for all of them. */
export class Observables {
  readonly #clock: Clock;
  /** Those that somebody looks at, or has looked at in this turn. */
  readonly #stores = new Map<string, Store<unknown>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is at work under this name, while somebody looks. */
  find<Found extends Source<unknown>>(name: string): Found | undefined {
    return this.#stores.get(name)?.source as Found | undefined;
  }

  /** @param before What there is while nobody looks, if that is not `initial`: the same object as long as it is so. */
  observe<Value>(
    name: string,
    initial: Value,
    start: Start<Value>,
    before: () => Value = () => initial,
  ): Observable<Value> {
    return {
      initial,
      get: () => (this.#stores.get(name) as Store<Value> | undefined)?.get() ?? before(),
      subscribe: (run) => {
        const store =
          (this.#stores.get(name) as Store<Value> | undefined) ??
          new Store(start, this.#clock, () => this.#stores.delete(name));
        this.#stores.set(name, store);
        return store.subscribe(run);
      },
    };
  }
}

interface Looking {
  readonly run: () => void;
}

class Store<Value> {
  readonly #clock: Clock;
  readonly #ended: () => void;
  readonly source: Source<Value>;
  readonly #all = new Set<Looking>();
  #value: Value | undefined;
  #isFresh = false;
  #isTelling = false;
  #hasEnded = false;

  constructor(start: Start<Value>, clock: Clock, ended: () => void) {
    this.#clock = clock;
    this.#ended = ended;
    this.source = start(() => this.#changed());
  }

  get(): Value {
    if (!this.#isFresh) {
      this.#value = this.source.read();
      this.#isFresh = true;
    }
    return this.#value as Value;
  }

  subscribe(run: () => void): () => void {
    const looking = { run };
    this.#all.add(looking);
    return () => {
      if (this.#all.delete(looking) && this.#all.size === 0) {
        // Not at once: what is taken out of a page and put back in the same turn goes on where it was.
        this.#clock.after(0, () => this.#end());
      }
    };
  }

  #end(): void {
    if (this.#all.size === 0 && !this.#hasEnded) {
      this.#hasEnded = true;
      this.#ended();
      this.source.stop();
    }
  }

  #changed(): void {
    this.#isFresh = false;
    if (this.#isTelling) {
      return;
    }
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      for (const looking of this.#all) {
        // Each by itself: what one throws is nobody else's.
        queueMicrotask(() => {
          if (this.#all.has(looking)) {
            looking.run();
          }
        });
      }
    });
  }
}
