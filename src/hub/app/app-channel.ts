/**
 * One channel, for the server's own code: typed by the contract, and asked no policy.
 * In: payloads, each validated before it goes anywhere. Out: the same as they were given, published or signalled. Fails: rejects with an AppError
 * that names the field, and as the hub's `publish` does.
 */
import {
  type Contract,
  type EventsOf,
  type FoundChannel,
  named,
  type PatternOf,
  type Schema,
  type SignalsOf,
  type StateOf,
  validate,
} from '../../contract/index.ts';
import type { Position } from '../../wire/index.ts';
import type { ApplicationsHub } from '../application.ts';
import type { PublishOptions } from '../interface.ts';
import { AppError } from './errors.ts';

/** `by`: who says it. `durability`: see the hub's `publish`. */
export type SayingOptions = Pick<PublishOptions, 'by' | 'durability'>;

/** What there is to be said in channels of this pattern. */
export type AppChannel<C extends Contract, P extends PatternOf<C>> = {
  /** Its name, on the wire and in the log. */
  readonly name: string;
} & Publishing<EventsOf<C, P, 'input'>> &
  Signalling<SignalsOf<C, P, 'input'>> &
  Keeping<StateOf<C, P, 'input'>>;

type Publishing<Events> = [keyof Events] extends [never]
  ? unknown
  : {
      /**
       * Resolves when it was appended.
       * @throws {AppError} As a rejection: `PAYLOAD_INVALID`, `EVENT_UNKNOWN`, `APP_NOT_BOUND`.
       * @throws {HubUsageError} As a rejection: as the hub's `publish`.
       */
      readonly publish: <Name extends keyof Events & string>(
        event: Name,
        data: Events[Name],
        options?: SayingOptions,
      ) => Promise<Position>;
    };

type Signalling<Signals> = [keyof Signals] extends [never]
  ? unknown
  : {
      /**
       * To all who follow the channel now, at most once.
       * @throws {AppError} As a rejection: `PAYLOAD_INVALID`, `EVENT_UNKNOWN`, `APP_NOT_BOUND`.
       */
      readonly signal: <Name extends keyof Signals & string>(
        signal: Name,
        data: Signals[Name],
        options?: Pick<SayingOptions, 'by'>,
      ) => Promise<void>;
    };

type Keeping<Value> = [Value] extends [never]
  ? unknown
  : {
      /**
       * Resolves when it is the key's value.
       * @throws {AppError} As a rejection: `PAYLOAD_INVALID`, `APP_NOT_BOUND`.
       * @throws {HubUsageError} As a rejection: as the hub's `publish`.
       */
      readonly set: (key: string, data: Value, options?: SayingOptions) => Promise<Position>;
      /**
       * The key has no value from then on.
       * @throws {AppError} As a rejection: `APP_NOT_BOUND`.
       * @throws {HubUsageError} As a rejection: as the hub's `publish`.
       */
      readonly remove: (key: string, options?: SayingOptions) => Promise<Position>;
    };

/** All of it, whatever the contract says: its types leave out what a channel does not have. */
export interface AnyChannel {
  readonly name: string;
  readonly publish: (event: string, data: unknown, options?: SayingOptions) => Promise<Position>;
  readonly signal: (
    signal: string,
    data: unknown,
    options?: Pick<SayingOptions, 'by'>,
  ) => Promise<void>;
  readonly set: (key: string, data: unknown, options?: SayingOptions) => Promise<Position>;
  readonly remove: (key: string, options?: SayingOptions) => Promise<Position>;
}

/** Functions, not methods: handlers take them apart. `by`: who says what is said, where the options do not say it. */
export function channelFor(
  hub: () => ApplicationsHub,
  { name, channel }: ChannelFacts,
  by?: string,
): AnyChannel {
  const usual: SayingOptions = by === undefined ? {} : { by };
  return {
    name,
    publish: async (event, data, options) => {
      await requireFit(`the event "${event}"`, named(channel.events, event), data);
      return hub().publish(name, data, { ...usual, ...options, event });
    },
    signal: async (signal, data, options) => {
      await requireFit(`the signal "${signal}"`, named(channel.signals, signal), data);
      return hub().signal(name, data, { ...usual, ...options, event: signal });
    },
    set: async (key, data, options) => {
      await requireFit('keyed state', channel.state, data);
      return hub().publish(name, data, { ...usual, ...options, key });
    },
    remove: async (key, options) => {
      requireKnown('keyed state', channel.state);
      return hub().publish(name, null, { ...usual, ...options, key, removed: true });
    },
  };
}

export interface ChannelFacts extends Pick<FoundChannel, 'channel'> {
  readonly name: string;
}

async function requireFit(what: string, schema: Schema | undefined, data: unknown): Promise<void> {
  requireKnown(what, schema);
  const judged = await validate(schema, data);
  if (!judged.ok) {
    throw new AppError('PAYLOAD_INVALID', `${what} does not take this`, judged.issues);
  }
}

function requireKnown(what: string, schema: Schema | undefined): asserts schema is Schema {
  if (schema === undefined) {
    throw new AppError('EVENT_UNKNOWN', `the contract has no such thing in this channel: ${what}`);
  }
}
