/**
 * What an application may choose, with what it gets when it does not.
 * Fails: `OPTION_INVALID` for a number that is not above zero.
 */
import { type BackoffOptions, backoffDefaults } from '../ground/backoff.ts';
import type { Clock } from '../ground/clock.ts';
import { webClock, webId, webRandom } from './clock.ts';
import type { ClientCodec } from './codecs/codec.ts';
import { json } from './codecs/json.ts';
import { ClientError } from './errors.ts';
import type { KeepOutbox } from './keeping.ts';
import type { ClientTransport } from './transports/transport.ts';

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
  /** So that a page which is loaded anew goes on with the outbox: `keepIn` of `tautline/client/storage`. */
  readonly keep?: KeepOutbox;
}

export const clientDefaults: Required<ClientLimits> = {
  connectWithinMs: 10_000,
  replyWithinMs: 10_000,
  pingAfterMs: 15_000,
  pongWithinMs: 5_000,
  maxPending: 1_000,
  maxSubscriptions: 128,
  maxStateKeys: 10_000,
  outboxMaxMessages: 1_000,
  outboxMaxBytes: 1_048_576,
  outboxMaxAgeMs: 86_400_000,
};

/** Everything chosen. */
export interface Settings extends Required<ClientLimits> {
  readonly token: ClientOptions['token'];
  readonly backoff: Required<BackoffOptions>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomId: () => string;
  readonly transport: ClientTransport;
  readonly codec: ClientCodec;
  readonly keep: KeepOutbox | undefined;
}

export function settle(options: ClientOptions, transport: ClientTransport): Settings {
  const settings: Settings = {
    ...defined(clientDefaults, options),
    clock: options.clock ?? webClock,
    random: options.random ?? webRandom,
    randomId: options.randomId ?? webId,
    token: options.token,
    backoff: defined(backoffDefaults, options.backoff ?? {}),
    transport,
    codec: options.codec ?? json(),
    keep: options.keep,
  };
  for (const name of Object.keys(clientDefaults) as (keyof ClientLimits)[]) {
    mustBePositive(name, settings[name]);
  }
  for (const name of Object.keys(backoffDefaults) as (keyof BackoffOptions)[]) {
    mustBePositive(name, settings.backoff[name]);
  }
  return settings;
}

/** The defaults, and over them what was given; an option that is there and undefined was not given. */
function defined<Options extends object>(
  defaults: Options,
  given: Readonly<Partial<Options>>,
): Options {
  const whole = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof Options)[]) {
    whole[name] = given[name] ?? defaults[name];
  }
  return whole;
}

function mustBePositive(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0)) {
    throw new ClientError('OPTION_INVALID', `${name} must be a number above zero`);
  }
}
