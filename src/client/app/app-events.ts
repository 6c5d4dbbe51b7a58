/**
 * What a channel of a contract tells, as types: by the names of its events and signals, and by four words of the client's own.
 */
import type {
  Contract,
  EventsOf,
  PatternOf,
  PresenceOf,
  Side,
  SignalsOf,
  StateOf,
} from '../../contract/index.ts';
import type { GapEvent, Received, SubscriptionChange } from '../index.ts';

/** What is known of an entry of the log beside its data: who published it, when, and where it stands. */
export type EntryMeta = Omit<Received, 'data'>;

/** What is known of a signal beside its data. */
export interface SignalMeta {
  /** Who said it, as the server's policy named the user; undefined for what the server itself said. */
  readonly by: string | undefined;
}

/** A key of keyed state has another value, or with `value` undefined none from here on. */
export interface KeyChange<Value> {
  readonly key: string;
  readonly value: Value | undefined;
  /** Undefined together with the value. */
  readonly meta: EntryMeta | undefined;
}

/** One who is in a roster: a session. A user with two of them is there twice. */
export interface RosterMember<Data> {
  readonly session: string;
  readonly user: string;
  /** What it says of itself. */
  readonly data: Data;
  /** When it joined, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Somebody came, said something else, or went. */
export interface PresenceChange<Data> {
  readonly kind: 'joined' | 'updated' | 'left';
  /** As it is now; of one that left, as it was. */
  readonly member: RosterMember<Data>;
}

/** By name: what a listener is given. */
export type ChannelEvents<C extends Contract, P extends PatternOf<C>, S extends Side> = EntryEvents<
  EventsOf<C, P, S>
> &
  SignalEvents<SignalsOf<C, P, S>> &
  OwnEvents &
  StateEvents<StateOf<C, P, S>> &
  PresenceEvents<PresenceOf<C, P, S>>;

type EntryEvents<Events> = {
  readonly [Name in keyof Events]: readonly [data: Events[Name], meta: EntryMeta];
};

type SignalEvents<Signals> = {
  readonly [Name in keyof Signals]: readonly [data: Signals[Name], meta: SignalMeta];
};

interface OwnEvents {
  /** Entries are missing, and nothing brings them back; told before anything that comes after it. */
  readonly gap: readonly [gap: GapEvent];
  /** How the channel is followed. */
  readonly status: readonly [change: SubscriptionChange];
}

type StateEvents<Value> = [Value] extends [never]
  ? unknown
  : { readonly state: readonly [change: KeyChange<Value>] };

type PresenceEvents<Data> = [Data] extends [never]
  ? unknown
  : { readonly presence: readonly [change: PresenceChange<Data>] };
