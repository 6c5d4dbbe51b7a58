/**
 * What a way to reach the server must look like to the client.
 */

/** One way to a server: it opens roads. */
export interface ClientTransport {
  /** Such as `websocket`: for logs. */
  readonly name: string;
  /**
   * Begins to connect to a `ws:` or `wss:` URL. Never throws, and calls the listener only after it has returned: what cannot be
   * opened is closed.
   */
  open(url: string, subprotocols: readonly string[], listener: RoadListener): Road;
}

/** One connection, as the client holds it. */
export interface Road {
  /** One frame, as the codec wrote it. Never throws; after the end it does nothing. */
  send(frame: string | Uint8Array): void;
  /** Ends it, opened or not. `code` is 1000 or from 3000 to 4999; `reason` has at most 123 bytes. */
  close(code: number, reason: string): void;
}

/** What a road tells. `closed` comes at most once, and nothing after it. */
export interface RoadListener {
  opened(): void;
  /** One whole frame. */
  received(frame: string | Uint8Array): void;
  /** A better way may be open now: the client opens anew, and leaves this road when the other is welcomed. */
  better?(): void;
  closed(why: { readonly code: number; readonly reason: string }): void;
}
