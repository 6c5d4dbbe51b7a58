/**
 * Typed events: a fixed set of names, each with its own arguments.
 * In: listeners. Out: calls, in the order of registration. A listener that throws neither stops the others nor reaches
 * whoever emitted: its error is handed to `report`.
 */

/** Event name to the arguments of its listeners. */
export type EventMap = { readonly [name: string]: readonly unknown[] };
export type Listener<Arguments extends readonly unknown[]> = (...values: Arguments) => void;

/** Few listeners at a time: they stand in one list, and are looked through one by one. */
export class Emitter<Events extends { readonly [Name in keyof Events]: readonly unknown[] }> {
  readonly #report: (error: unknown) => void;
  /** Each name is followed by its listener. Another array after each change: an emit that is under way keeps the one it began with. */
  #listed: readonly (keyof Events | AnyListener)[] = nobody;

  /** @param report Told of what listeners throw; it must not throw itself. */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Adds a listener; the same function twice counts once. Returns how to remove it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    if (this.#find(name, listener) < 0) {
      // Not by spreading: that leaves room for seventeen, ten thousand times.
      this.#listed = this.#listed.concat([name, listener as unknown as AnyListener]);
    }
    return () => this.off(name, listener);
  }

  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const at = this.#find(name, listener);
    if (at >= 0) {
      this.#listed = this.#listed.slice(0, at).concat(this.#listed.slice(at + 2));
    }
  }

  listenerCount(name: keyof Events): number {
    const listed = this.#listed;
    let count = 0;
    for (let at = 0; at < listed.length; at += 2) {
      count += listed[at] === name ? 1 : 0;
    }
    return count;
  }

  emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    const listed = this.#listed;
    for (let at = 0; at < listed.length; at += 2) {
      if (listed[at] === name) {
        try {
          (listed[at + 1] as (...given: readonly unknown[]) => void)(...values);
        } catch (error) {
          this.#report(error);
        }
      }
    }
  }

  #find(name: keyof Events, listener: unknown): number {
    const listed = this.#listed;
    for (let at = 0; at < listed.length; at += 2) {
      if (listed[at] === name && listed[at + 1] === listener) {
        return at;
      }
    }
    return -1;
  }
}

/** Which listener belongs to which name is checked where it is added. */
type AnyListener = (...values: readonly never[]) => void;

const nobody: readonly never[] = [];
