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
  type Validated,
  validate,
} from '../../contract/index.ts';
import type { Position } from '../../wire/index.ts';
import type { ApplicationsHub } from '../application.ts';
import type { PublishOptions } from '../interface.ts';
import { AppError } from './errors.ts';
import type { InOrder } from './in-order.ts';

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

/** By what channels speak: one for each application. */
export interface Speaking {
  readonly hub: () => ApplicationsHub;
  readonly inOrder: InOrder;
}

/** Functions, not methods: handlers take them apart. `by`: who says what is said, where the options do not say it. */
export function channelFor(
  { hub, inOrder }: Speaking,
  { name, channel }: ChannelFacts,
  by?: string,
): AnyChannel {
  const usual: SayingOptions = by === undefined ? {} : { by };
  return {
    name,
    publish: async (event, data, options) => {
      const fits = requireFit(`the event "${event}"`, named(channel.events, event), data);
      const said = { ...usual, ...options, event };
      return inOrder.run(name, fits, () => hub().publish(name, data, said));
    },
    signal: async (signal, data, options) => {
      const fits = requireFit(`the signal "${signal}"`, named(channel.signals, signal), data);
      const said = { ...usual, ...options, event: signal };
      return inOrder.run(name, fits, () => hub().signal(name, data, said));
    },
    set: async (key, data, options) => {
      const fits = requireFit('keyed state', channel.state, data);
      const said = { ...usual, ...options, key };
      return inOrder.run(name, fits, () => hub().publish(name, data, said));
    },
    remove: async (key, options) => {
      requireKnown('keyed state', channel.state);
      const said = { ...usual, ...options, key, removed: true } as const;
      return inOrder.run(name, undefined, () => hub().publish(name, null, said));
    },
  };
}

export interface ChannelFacts extends Pick<FoundChannel, 'channel'> {
  readonly name: string;
}

/** A promise where the schema answers by one. */
function requireFit(
  what: string,
  schema: Schema | undefined,
  data: unknown,
): Promise<void> | undefined {
  requireKnown(what, schema);
  const judged = validate(schema, data);
  if ('then' in judged) {
    return judged.then((one) => requireOk(what, one));
  }
  requireOk(what, judged);
  return undefined;
}

function requireOk(what: string, judged: Validated<unknown>): void {
  if (!judged.ok) {
    throw new AppError('PAYLOAD_INVALID', `${what} does not take this`, judged.issues);
  }
}

function requireKnown(what: string, schema: Schema | undefined): asserts schema is Schema {
  if (schema === undefined) {
    throw new AppError('EVENT_UNKNOWN', `the contract has no such thing in this channel: ${what}`);
  }
}
