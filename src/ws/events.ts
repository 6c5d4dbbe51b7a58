/**
 * The listeners of the web, on top of those of Node: `addEventListener`, and `onmessage` with its sisters.
 * In: an emitter of `open`, `message`, `close` and `error`. Out: event objects, made only for those who listen this way.
 */
import type { EventEmitter } from 'node:events';
import type { EventListenerOptions, WebSocketEventMap } from './types.ts';

type Type = keyof WebSocketEventMap;
export type Handler = ((event: object) => void) | { handleEvent(event: object): void };

/** What a wrapper stands for. */
interface Wrapped {
  readonly handler: Handler;
  /** It was set as `onmessage` or the like, not added. */
  readonly isAttribute: boolean;
}

type Emission = readonly unknown[];
// A wrapper is an ordinary listener of the emitter; whose it is, is noted here.
const wrapped = new WeakMap<object, Wrapped>();

/** Attributes are getters on the prototype, so that printing an event shows them and nothing else. */
class WebEvent {
  readonly #type: string;
  readonly #target: object;

  constructor(type: string, target: object) {
    this.#type = type;
    this.#target = target;
  }

  get type(): string {
    return this.#type;
  }

  get target(): object {
    return this.#target;
  }
}

class MessageEvent extends WebEvent {
  readonly data: unknown;

  constructor(target: object, data: unknown) {
    super('message', target);
    this.data = data;
  }
}

class CloseEvent extends WebEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(target: object, code: number, reason: string, wasClean: boolean) {
    super('close', target);
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}

class ErrorEvent extends WebEvent {
  readonly error: unknown;
  readonly message: string;

  constructor(target: object, error: Error) {
    super('error', target);
    this.error = error;
    this.message = error.message;
  }
}

/** What the events need to know that Node's arguments do not say. */
export interface Target extends EventEmitter {
  readonly wasClean: boolean;
}

const makers: Readonly<Record<Type, (target: Target, given: Emission) => object>> = {
  open: (target) => new WebEvent('open', target),
  message: (target, [data, isBinary]) =>
    new MessageEvent(target, isBinary === true ? data : String(data)),
  close: (target, [code, reason]) =>
    new CloseEvent(target, code as number, String(reason), target.wasClean),
  error: (target, [error]) => new ErrorEvent(target, error as Error),
};

export function addHandler(
  target: Target,
  type: string,
  handler: Handler,
  options: EventListenerOptions = {},
): void {
  if (!isType(type) || find(target, type, handler) !== undefined) {
    return;
  }
  const listener = wrap(target, type, { handler, isAttribute: false });
  if (options.once === true) {
    target.once(type, listener);
  } else {
    target.on(type, listener);
  }
}

export function removeHandler(target: Target, type: string, handler: Handler): void {
  const listener = find(target, type, handler);
  if (listener !== undefined) {
    target.removeListener(type, listener);
  }
}

/** What was set as `on` + `type`. */
export function attributeOf(target: Target, type: Type): Handler | null {
  const listener = findAttribute(target, type);
  return listener === undefined ? null : wrapped.get(listener)!.handler;
}

export function setAttribute(target: Target, type: Type, handler: unknown): void {
  const listener = findAttribute(target, type);
  if (listener !== undefined) {
    target.removeListener(type, listener);
  }
  if (typeof handler === 'function') {
    target.on(type, wrap(target, type, { handler: handler as Handler, isAttribute: true }));
  }
}

type Listener = (...given: unknown[]) => void;

function wrap(target: Target, type: Type, what: Wrapped): Listener {
  const listener: Listener = (...given) => {
    const event = makers[type](target, given);
    const { handler } = what;
    if (typeof handler === 'function') {
      handler.call(target, event);
    } else {
      handler.handleEvent(event);
    }
  };
  wrapped.set(listener, what);
  return listener;
}

function find(target: Target, type: string, handler: Handler): Listener | undefined {
  return listenersOf(target, type).find((listener) => {
    const what = wrapped.get(listener);
    return what !== undefined && what.handler === handler && !what.isAttribute;
  });
}

function findAttribute(target: Target, type: Type): Listener | undefined {
  return listenersOf(target, type).find((listener) => wrapped.get(listener)?.isAttribute === true);
}

function listenersOf(target: Target, type: string): Listener[] {
  return target.listeners(type) as Listener[];
}

function isType(type: string): type is Type {
  return Object.hasOwn(makers, type);
}
