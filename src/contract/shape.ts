/**
 * What may be written in a contract. Types only: what they cannot say is refused by `check-shape.ts`.
 */
import type { Schema } from './schema.ts';

/** What the client tells of a channel itself: no event and no signal is called so. */
export type ReservedWord = 'gap' | 'status' | 'state' | 'presence';

/** By name. What is published or signalled under the name fits the schema. */
export type Payloads = { readonly [name: string]: Schema } & {
  readonly [word in ReservedWord]?: never;
};

/** A method: what it is given, and what it answers. */
export interface CallShape {
  readonly in: Schema;
  readonly out: Schema;
  /** What it tells on the way to its answer. Without it: nothing. */
  readonly progress?: Schema;
}

/** Methods by name. */
export type CallShapes = Readonly<Record<string, CallShape>>;

/** How much of a channel is kept. What is not said is left to the options of the hub. */
export interface HistoryShape {
  /** Entries kept, at the most. A positive integer. */
  readonly entries?: number;
  /** How long an entry is kept, in milliseconds. A positive integer. */
  readonly ageMs?: number;
}

/** Channels of one pattern. With `state` they are keyed state; else with `events` or `history` a log; else they only pass signals on. */
export interface ChannelShape {
  /** What is published and kept in the log, by the name of the event: 1 to 64 characters each. */
  readonly events?: Payloads;
  /** What is passed on and not kept, by name: 1 to 64 characters each, and none that an event has. */
  readonly signals?: Payloads;
  /** The value of each key. Not together with `events`. */
  readonly state?: Schema;
  /** What a member says of itself in the roster. Without it the channel has none. */
  readonly presence?: Schema;
  /** Methods that belong to a channel, by name: 1 to 128 characters each. */
  readonly calls?: CallShapes;
  readonly history?: HistoryShape;
}

/** What `contract` is given. */
export interface ContractShape {
  /** What is known of a user who is let in. Without it: `{ id: string }`. */
  readonly user?: Schema<unknown, { readonly id: string }>;
  /** What `authenticate` says of the client's session besides: by which device it came, as whom an assistant acts. Without it: nothing. */
  readonly session?: Schema;
  /** By pattern: segments between `/`, of which `:name` is a parameter. */
  readonly channels: Readonly<Record<string, ChannelShape>>;
  /** Methods that belong to no channel, by name: 1 to 128 characters each. */
  readonly calls?: CallShapes;
}

/**
 * What a type parameter lets pass and a plain argument would not: fields that nobody knows, `events` beside `state`, and an event and a signal of one
 * name.
 */
export type Strict<Shape extends ContractShape> = {
  readonly [Field in Exclude<keyof Shape, keyof ContractShape>]: never;
} & {
  readonly channels: {
    readonly [Pattern in keyof Shape['channels']]: StrictChannel<Shape['channels'][Pattern]>;
  };
};

type StrictChannel<Channel> = {
  readonly [Field in Exclude<keyof Channel, keyof ChannelShape>]: never;
} & (Channel extends { readonly state: Schema } ? { readonly events?: never } : unknown) &
  (Channel extends { readonly events: infer Events; readonly signals: object }
    ? { readonly signals: { readonly [Name in keyof Events]?: never } }
    : unknown);
