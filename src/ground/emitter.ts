/**
 * Typed events: a fixed set of names, each with its own arguments.
 * In: listeners. Out: calls, in the order of registration. A listener that throws neither stops the others nor reaches
 * whoever emitted: its error is handed to `report`.
 */

/** Event name to the arguments of its listeners. */
export type EventMap = { readonly [name: string]: readonly unknown[] };
export type Listener<Arguments extends readonly unknown[]> = (...values: Arguments) => void;

/** A list of listeners for each name that somebody listens to: few, so they are looked through one by one. */
export class Emitter<Events extends { readonly [Name in keyof Events]: readonly unknown[] }> {
  private readonly report: (error: unknown) => void;
  private slots: Slot<Events>[] | undefined;

  /** @param report Told of what listeners throw; it must not throw itself. */
  constructor(report: (error: unknown) => void) {
    this.report = report;
  }

  /** Adds a listener; the same function twice counts once. Returns how to remove it. */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void {
    const slot = this.find(name);
    if (slot === undefined) {
      this.slots ??= [];
      this.slots.push({ name, list: [listener as unknown as AnyListener] });
    } else if (!slot.list.includes(listener as unknown as AnyListener)) {
      // A new array each time: an emit that is under way keeps the list it began with.
      slot.list = [...slot.list, listener as unknown as AnyListener];
    }
    return () => this.off(name, listener);
  }

  off<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    const slot = this.find(name);
    if (slot !== undefined) {
      slot.list = slot.list.filter((other) => other !== (listener as unknown));
    }
  }

  listenerCount(name: keyof Events): number {
    return this.find(name)?.list.length ?? 0;
  }

  emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    const slot = this.find(name);
    if (slot === undefined) {
      return;
    }
    for (const listener of slot.list) {
      try {
        (listener as (...given: readonly unknown[]) => void)(...values);
      } catch (error) {
        this.report(error);
      }
    }
  }

  private find(name: keyof Events): Slot<Events> | undefined {
    const { slots } = this;
    if (slots !== undefined) {
      for (const slot of slots) {
        if (slot.name === name) {
          return slot;
        }
      }
    }
    return undefined;
  }
}

/** Which listener belongs to which name is checked where it is added. */
type AnyListener = (...values: readonly never[]) => void;

interface Slot<Events> {
  readonly name: keyof Events;
  list: readonly AnyListener[];
}
