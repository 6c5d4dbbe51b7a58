/**
 * Attributes such as `onopen`: https://html.spec.whatwg.org/#event-handler-idl-attributes.
 * In: what is assigned. Out: a listener in the order of the first assignment, which calls what is assigned now. What a handler throws
 * goes where the exceptions of listeners go.
 */

/** What an attribute holds: an object that is no function is kept, and never called. */
export type Handler<Target, Occurring extends Event> =
  | ((this: Target, event: Occurring) => unknown)
  | null;

interface Slot {
  handler: object;
  readonly listener: (event: Event) => void;
}

export class EventHandlers {
  private readonly target: EventTarget;
  private readonly slots = new Map<string, Slot>();

  constructor(target: EventTarget) {
    this.target = target;
  }

  get(type: string): object | null {
    return this.slots.get(type)?.handler ?? null;
  }

  set(type: string, value: unknown): void {
    const slot = this.slots.get(type);
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
      if (slot !== undefined) {
        this.slots.delete(type);
        this.target.removeEventListener(type, slot.listener);
      }
    } else if (slot === undefined) {
      this.add(type, value);
    } else {
      slot.handler = value;
    }
  }

  private add(type: string, handler: object): void {
    const slot: Slot = {
      handler,
      listener: (event) => {
        if (typeof slot.handler === 'function' && slot.handler.call(this.target, event) === false) {
          event.preventDefault();
        }
      },
    };
    this.slots.set(type, slot);
    this.target.addEventListener(type, slot.listener);
  }
}
