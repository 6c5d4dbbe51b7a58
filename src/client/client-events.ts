/**
 * What a client tells of itself.
 */
import type { ClientError } from './errors.ts';
import type { Status } from './phases.ts';
import type { SignalReceived } from './received.ts';

/** The connection changed: what it is now, and why. */
export interface StatusChange {
  readonly status: Status;
  /** With `waiting`: when the next connection is made, in milliseconds from now. */
  readonly retryInMs?: number;
  /** Why the connection was lost, or why the client was sent away. */
  readonly error?: ClientError;
}

/** What the core of a client tells of itself, with what each listener is given. */
export interface CoreEvents {
  readonly status: readonly [change: StatusChange];
  /** How long the server took to answer a ping, in milliseconds. */
  readonly roundTrip: readonly [ms: number];
  /** Said by the server to this session, or to all: at most once, and lost when anything is in its way. */
  readonly signal: readonly [signal: SignalReceived];
}

/** What a client tells of itself, with what each listener is given. */
export interface ClientEvents extends CoreEvents {
  /** The outbox and the session are not kept any more: they will not outlive the page. Everything else goes on. */
  readonly storageFailed: readonly [error: ClientError];
  /** The server does not let this client back into a roster in which it stood before its session was lost. */
  readonly exited: readonly [channel: string, error: ClientError];
}
