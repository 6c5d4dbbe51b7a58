/**
 * `EventTarget`, knowing which event comes under which name. The same class: only its type is narrower.
 */
import type { CloseEvent, WebSocketErrorEvent } from './events.ts';

/** The events of a `WebSocket`, by name. */
export interface WebSocketEventMap {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly error: WebSocketErrorEvent;
  readonly close: CloseEvent;
}

type Listening<Occurring> =
  | ((event: Occurring) => unknown)
  | { handleEvent(event: Occurring): unknown }
  | null;

interface ListeningOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: AbortSignal;
}

/** `addEventListener` and its like, with the types of these events. */
export interface WebSocketTarget extends EventTarget {
  addEventListener<Name extends keyof WebSocketEventMap>(
    type: Name,
    listener: Listening<WebSocketEventMap[Name]>,
    options?: ListeningOptions | boolean,
  ): void;
  addEventListener(
    type: string,
    listener: Listening<Event>,
    options?: ListeningOptions | boolean,
  ): void;
  removeEventListener<Name extends keyof WebSocketEventMap>(
    type: Name,
    listener: Listening<WebSocketEventMap[Name]>,
    options?: { readonly capture?: boolean } | boolean,
  ): void;
  removeEventListener(
    type: string,
    listener: Listening<Event>,
    options?: { readonly capture?: boolean } | boolean,
  ): void;
}

export const TypedTarget: new () => WebSocketTarget = EventTarget as new () => WebSocketTarget;
