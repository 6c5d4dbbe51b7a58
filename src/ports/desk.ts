/**
 * Between a gateway and a session: what a client may ask, and what it is told, in the words of `wire`, whatever words travel.
 */
import type { Shared } from '../ground/shared.ts';
import type { ClientMessage, Disconnect, ServerMessage } from '../wire/index.ts';
import type { Handshake } from './policy.ts';

/** One client's way to its session. Calls never throw: what a client does wrong it is told. */
export interface Desk {
  receive(message: ClientMessage): void;
  /** The client said what no message is: the session ends with this. */
  reject(why: Disconnect): void;
  /** The pipe is gone. */
  closed(): void;
}

/** What a session needs of the gateway that speaks for it. */
export interface Outlet {
  readonly name: string;
  readonly address: string | undefined;
  /** The request by which the client came; undefined where there was none, or the transport does not know it. */
  readonly handshake?: Handshake | undefined;
  readonly bufferedBytes: number;
  /** One message may go to many clients: its encoded form is made once. */
  send(message: Shared<ServerMessage>): void;
  drained(): Promise<void>;
  /** Tells the client why, then ends the pipe. */
  close(why: Disconnect): void;
}

/**
 * Between nodes, at most once: the broker's bus, shared by all rooms of a hub. A transport whose requests may reach any node passes them on by
 * it.
 */
export interface Post {
  /** The name of this node's present life: never given twice. */
  readonly node: string;
  /** From when it resolves, what is sent to the topic is heard, until what it gave is called. */
  follow(topic: string, hear: (message: unknown) => void): Promise<() => void>;
  send(topic: string, message: unknown): Promise<void>;
}

/** A hub, as gateways and transports see it. */
export interface FrontDesk {
  readonly post: Post;
  open(outlet: Outlet): Desk;
  /** A pipe for many clients, which carries none: for as long it counts for its address as a client does. Left out: it does not count. */
  readonly hold?: (address: string | undefined) => Held;
}

/** A pipe that counts, and has no client. */
export interface Held {
  /** Why it must go, if it must. */
  readonly why: Disconnect | undefined;
  /** It counts no more. To be called once. */
  readonly release: () => void;
}
