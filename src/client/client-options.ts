/**
 * What an application may choose: of the whole client, of its core, and of the outbox beside the core.
 */
import type { BackoffOptions } from '../ground/backoff.ts';
import type { Clock } from '../ground/clock.ts';
import type { ClientCodec } from './codecs/codec.ts';
import type { KeepOutbox } from './keeping.ts';
import type { ClientTransport } from './transports/transport.ts';

/** How long things may take, and how much may be under way. A number that is not above zero: `OPTION_INVALID`. */
export interface ClientLimits {
  /** From the first step of a connection to the server's welcome, in milliseconds. @default 10_000 */
  readonly connectWithinMs?: number;
  /**
   * Time for one answer, in milliseconds; a request made without a connection waits as long for one first. @default 10_000
   */
  readonly replyWithinMs?: number;
  /**
   * Silence before we ask the server whether it is there, in milliseconds. Keep it below the idle limit of your proxy, often
   * 60 s. @default 15_000
   */
  readonly pingAfterMs?: number;
  /** Time for anything to come after a ping, in milliseconds; then the connection is gone. @default 5_000 */
  readonly pongWithinMs?: number;
  /** Calls, history requests and the like without an answer yet; one more is refused. @default 1_000 */
  readonly maxPending?: number;
  /** Channels followed at once; one more is refused. Servers have a limit of their own. @default 128 */
  readonly maxSubscriptions?: number;
  /** Keys of one channel's state; with one more the channel is refused. @default 10_000 */
  readonly maxStateKeys?: number;
  /** Publications that are queued or under way; one more is refused with `OUTBOX_FULL`. @default 1_000 */
  readonly outboxMaxMessages?: number;
  /** The same, in characters of JSON. @default 1_048_576 */
  readonly outboxMaxBytes?: number;
  /**
   * How long a publication is tried, in milliseconds. Keep it below the time for which your broker knows producers again: what is older
   * than that ends as `unknown`. @default 86_400_000
   */
  readonly outboxMaxAgeMs?: number;
}

/** What an application may choose of a client. */
export interface ClientOptions extends ClientLimits {
  /** What your policy on the server wants to see. A function is asked before each connection. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** How long to wait before the next connection, and before asking again what was refused for now. */
  readonly backoff?: BackoffOptions;
  /** Turned by hand in tests. @default the platform's */
  readonly clock?: Clock;
  /** From 0 up to, not including, 1. @default the platform's */
  readonly random?: () => number;
  /** At least 128 random bits, in 16 to 64 letters and digits. @default the platform's */
  readonly randomId?: () => string;
  /** How to reach the server. @default WebSocket */
  readonly transport?: ClientTransport;
  /** How messages are written. @default JSON */
  readonly codec?: ClientCodec;
  /** So that a page which is loaded anew goes on with its session and its outbox: `keepIn` of `tautline/client/storage`. */
  readonly keep?: KeepOutbox;
}

type OutboxLimit = 'outboxMaxMessages' | 'outboxMaxBytes' | 'outboxMaxAgeMs';

/** Of `ClientLimits`, what the core has a use for. */
export type CoreLimits = Omit<ClientLimits, OutboxLimit | 'maxStateKeys'>;
/** Of `ClientOptions`, what the core has a use for. */
export type CoreOptions = CoreLimits &
  Omit<ClientOptions, keyof ClientLimits | 'randomId' | 'keep'>;

/** Of `ClientLimits`, what an outbox beside the core has a use for. */
export type OutboxLimits = Pick<ClientLimits, OutboxLimit>;
/** What may be chosen of an outbox beside the core. */
export type PublishingOptions = OutboxLimits & Pick<ClientOptions, 'randomId'>;
