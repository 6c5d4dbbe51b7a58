/**
 * What the core uses, and the outbox beside it: what was chosen, and the defaults for the rest.
 * Fails: `OPTION_INVALID` for a number that is not above zero.
 */
import { type BackoffOptions, backoffDefaults } from '../ground/backoff.ts';
import type { Clock } from '../ground/clock.ts';
import type {
  ClientOptions,
  CoreLimits,
  CoreOptions,
  OutboxLimits,
  PublishingOptions,
} from './client-options.ts';
import { webClock, webId, webRandom } from './clock.ts';
import type { ClientCodec } from './codecs/codec.ts';
import { json } from './codecs/json.ts';
import { ClientError } from './errors.ts';
import type { ClientTransport } from './transports/transport.ts';

/** The defaults of `CoreLimits`. */
export const coreDefaults: Required<CoreLimits> = {
  connectWithinMs: 10_000,
  replyWithinMs: 10_000,
  pingAfterMs: 15_000,
  pongWithinMs: 5_000,
  maxPending: 1_000,
  maxSubscriptions: 128,
};

export const outboxDefaults: Required<OutboxLimits> = {
  outboxMaxMessages: 1_000,
  outboxMaxBytes: 1_048_576,
  outboxMaxAgeMs: 86_400_000,
};

/** Everything chosen. */
export interface CoreSettings extends Required<CoreLimits> {
  readonly token: ClientOptions['token'];
  readonly backoff: Required<BackoffOptions>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly transport: ClientTransport;
  readonly codec: ClientCodec;
}

export interface OutboxSettings extends Required<OutboxLimits> {
  readonly randomId: () => string;
}

export function settleCore(options: CoreOptions, transport: ClientTransport): CoreSettings {
  return {
    ...chosen(coreDefaults, options),
    clock: options.clock ?? webClock,
    random: options.random ?? webRandom,
    token: options.token,
    backoff: chosen(backoffDefaults, options.backoff ?? {}),
    transport,
    codec: options.codec ?? json(),
  };
}

export function settleOutbox(options: PublishingOptions): OutboxSettings {
  return {
    ...chosen(outboxDefaults, options),
    randomId: options.randomId ?? webId,
  };
}

/** The defaults, and over them what was given; an option that is there and undefined was not given. */
export function chosen<Limits extends object>(
  defaults: Limits,
  given: Readonly<Partial<Limits>>,
): Limits {
  const whole = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof Limits & string)[]) {
    whole[name] = given[name] ?? defaults[name];
    if (!(typeof whole[name] === 'number' && whole[name] > 0)) {
      throw new ClientError('OPTION_INVALID', `${name} must be a number above zero`);
    }
  }
  return whole;
}
