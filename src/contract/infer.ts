/**
 * What a contract says, as types: the way in for servers, clients and user interfaces, which need nothing of it when they run.
 * Where a schema changes what it is given (a default, a transformation), the two sides differ: `'input'` is what is given and sent,
 * `'output'` what a validation makes of it.
 */
import type { Contract } from './contract.ts';
import type { InputOf, OutputOf, Schema } from './schema.ts';
import type { CallShapes, Payloads } from './shape.ts';

/** Before a validation, what is given and sent; after it, what is read. */
export type Side = 'input' | 'output';

/** The patterns of the contract's channels, as literals. */
export type PatternOf<C extends Contract> = keyof C['shape']['channels'] & string;

/** What the contract says of the channels of this pattern. */
export type ChannelOf<C extends Contract, P extends PatternOf<C>> = C['shape']['channels'][P];

/** What is published, by the name of the event. */
export type EventsOf<C extends Contract, P extends PatternOf<C>, S extends Side = 'output'> =
  ChannelOf<C, P> extends { readonly events: infer Events extends Payloads }
    ? PayloadsOf<Events, S>
    : NoNames;

/** What is signalled, by the name of the signal. */
export type SignalsOf<C extends Contract, P extends PatternOf<C>, S extends Side = 'output'> =
  ChannelOf<C, P> extends { readonly signals: infer Signals extends Payloads }
    ? PayloadsOf<Signals, S>
    : NoNames;

/** The value of a key of keyed state; `never` where the channel is none. */
export type StateOf<C extends Contract, P extends PatternOf<C>, S extends Side = 'output'> =
  ChannelOf<C, P> extends { readonly state: infer State extends Schema } ? SideOf<State, S> : never;

/** What a member says of itself; `never` where the channel has no roster. */
export type PresenceOf<C extends Contract, P extends PatternOf<C>, S extends Side = 'output'> =
  ChannelOf<C, P> extends { readonly presence: infer Presence extends Schema }
    ? SideOf<Presence, S>
    : never;

/** The methods of a channel, or without a pattern those of no channel, as who calls them sees them: what to give, and what comes back. */
export type CallsOf<C extends Contract, P extends PatternOf<C> | undefined = undefined> = CallTypes<
  CallShapesOf<C, P>,
  'input'
>;

/** The same methods as who answers them sees them: what was given, after validation, and what to answer, before it. */
export type HandlersOf<
  C extends Contract,
  P extends PatternOf<C> | undefined = undefined,
> = CallTypes<CallShapesOf<C, P>, 'output'>;

/** What a method of a channel, or with `undefined` one of no channel, tells on the way to its answer; `never` where it tells nothing. */
export type ProgressOf<
  C extends Contract,
  P extends PatternOf<C> | undefined,
  Name extends string,
  S extends Side = 'output',
> =
  CallShapesOf<C, P> extends {
    readonly [Method in Name]: { readonly progress: infer Progress extends Schema };
  }
    ? SideOf<Progress, S>
    : never;

/** What is known of a user who was let in. */
export type UserOf<C extends Contract, S extends Side = 'output'> = C['shape'] extends {
  readonly user: infer User extends Schema<unknown, { readonly id: string }>;
}
  ? SideOf<User, S>
  : { readonly id: string };

/** What `authenticate` said of a session; `undefined` where the contract has nothing of the kind. */
export type SessionOf<C extends Contract, S extends Side = 'output'> = C['shape'] extends {
  readonly session: infer Session extends Schema;
}
  ? SideOf<Session, S>
  : undefined;

type SideOf<Of extends Schema, S extends Side> = S extends 'input' ? InputOf<Of> : OutputOf<Of>;

type PayloadsOf<Of extends Payloads, S extends Side> = {
  readonly [Name in keyof Of]: Of[Name] extends Schema ? SideOf<Of[Name], S> : never;
};

type CallShapesOf<C extends Contract, P extends PatternOf<C> | undefined> = (
  P extends PatternOf<C>
    ? ChannelOf<C, P>
    : C['shape']
) extends { readonly calls: infer Calls extends CallShapes }
  ? Calls
  : NoNames;

/** `Given` is the side of what is given to the method; its answer is seen from the other side. */
type CallTypes<Calls, Given extends Side> = {
  readonly [Name in keyof Calls]: {
    readonly in: PartOf<Calls[Name], 'in', Given>;
    readonly out: PartOf<Calls[Name], 'out', Given extends 'input' ? 'output' : 'input'>;
  };
};

type PartOf<Call, Part extends 'in' | 'out', S extends Side> = Call extends {
  readonly [Each in Part]: infer Of extends Schema;
}
  ? SideOf<Of, S>
  : never;

/** Nothing to choose from: no name is one of its keys. */
type NoNames = Readonly<Record<never, never>>;
