/**
 * Typed events: a fixed set of names, each with its own arguments.
 * In: listeners. Out: calls, in the order of registration. A listener that throws neither stops the others nor reaches
 * whoever emitted: its error is handed to `report`.
 */

/** Event name to the arguments of its listeners. */
export type EventMap = { readonly [name: string]: readonly unknown[] };
export type Listener<Arguments extends readonly unknown[]> = (...values: Arguments) => void;

/** A list of listeners per name. Nothing is allocated for a name that nobody listens to. */
export class Emitter<Events extends { readonly [Name in keyof Events]: readonly unknown[] }> {
  private readonly report: (error: unknown) => void;
  private lists: { [Name in keyof Events]?: readonly Listener<Events[Name]>[] } | undefined;

  /** @param report Told of what listeners throw; it must not throw itself. */
  constructor(report: (error: unknown) => void) {
    this.report = report;
  }

  /** Adds a listener; the same function twice counts once. Returns how to remove it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    // Without a prototype: no name finds what was not put there.
    this.lists ??= Object.create(null) as NonNullable<typeof this.lists>;
    const list = this.lists[name] ?? [];
    if (!list.includes(listener)) {
      // A new array each time: an emit that is under way keeps the list it began with.
      this.lists[name] = [...list, listener];
    }
    return () => this.off(name, listener);
  }

  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const list = this.lists?.[name];
    if (this.lists !== undefined && list !== undefined) {
      this.lists[name] = list.filter((other) => other !== listener);
    }
  }

  listenerCount(name: keyof Events): number {
    return this.lists?.[name]?.length ?? 0;
  }

  emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    const list = this.lists?.[name];
    if (list === undefined) {
      return;
    }
    for (const listener of list) {
      try {
        listener(...values);
      } catch (error) {
        this.report(error);
      }
    }
  }
}
