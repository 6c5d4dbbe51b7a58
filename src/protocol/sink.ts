/**
 * What an open connection talks to: the outside that it tells, and the platform that it runs on.
 */
import type { Closing } from './closing.ts';
import type { Compression } from './deflate/codec.ts';
import type { Output } from './frame/encode.ts';
import type { KeySource } from './frame/mask-keys.ts';
import type { Manners } from './manners.ts';
import type { MessageMemory } from './message/memory.ts';
import type { TextPort } from './message/text.ts';

/** Which side we are: clients mask what they send, servers do not (RFC 6455 §5.1). */
export type Role = 'server' | 'client';

/**
 * What an open connection tells the outside, and where it puts what it owes the peer. None of these may throw: the rest of a
 * chunk would be lost. Any of them may call the connection, except `receive`.
 */
export interface ConnectionSink extends Output {
  /** A whole message; text is valid UTF-8. The range is good during the call only, unless `owned`: then it is yours. */
  message(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  /**
   * Part of a message, told as it comes, after `receiveInPieces`. Together the pieces of a text are valid UTF-8, but one may end in
   * the middle of a character. Empty only where a message begins or ends. Good during the call only.
   */
  piece(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void;
  /** A ping came; its pong is taken care of. Good during the call only. */
  ping(bytes: Uint8Array, start: number, end: number): void;
  /** A pong came. `roundTripMs` when it answers the latest ping; time spent suspended is in it. Good during the call only. */
  pong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void;
  /** The phase is no longer `open`: nothing more can be sent. */
  closing(): void;
  /** Everything is said: let what is owed leave, then end the transport, and report it with `end`. May come twice. */
  shut(): void;
  /** The peer is not to be waited for: cut the transport now, and report it with `end`. */
  abort(): void;
  /** It is over. Told exactly once, from `end`. */
  closed(why: Closing): void;
}

/** What a connection takes from the platform it runs on. What is left out has a default that runs everywhere. */
export interface ConnectionPorts {
  readonly text?: TextPort;
  readonly keys?: KeySource;
  /** Without it each message that comes in pieces has memory of its own. */
  readonly memory?: MessageMemory;
  /** What was agreed (RFC 7692), and who does the work. Without it RSV1 is refused. */
  readonly compression?: Compression;
  readonly manners?: Required<Manners>;
}
