/**
 * What is asked of an application, as types: who wants what of which channel. Nothing here does anything.
 */
import type {
  ChannelOf,
  Contract,
  EventsOf,
  HandlersOf,
  ParamsOf,
  PatternOf,
  PresenceOf,
  SessionOf,
  SignalsOf,
  StateOf,
  UserOf,
} from '../../contract/index.ts';
import type { Verdict } from '../../ports/index.ts';
import type { ClientSession } from '../application.ts';

/**
 * `subscribe`: to follow a channel, to resume it, and to read its history. `publish` and `signal`: an event, a signal. `set` and `remove`: the value
 * of a key. `enter`: a place in the roster. `roster`: to see it. `call`: a method.
 */
export type Action =
  | 'call'
  | 'enter'
  | 'publish'
  | 'remove'
  | 'roster'
  | 'set'
  | 'signal'
  | 'subscribe';

/** Now, or by a promise. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Only a plain `true` is a yes. A `Refusal` is a no that says why. */
export type Answer = Awaitable<Verdict>;

/** The client of a user, as an application sees it: what the hub knows of it, and what `authenticate` said of it. */
export interface AppSession<Data = unknown> extends ClientSession {
  /** When its token ends, in milliseconds since 1970. Undefined: never. */
  readonly expiresAtMs: number | undefined;
  /** By the contract's `session`, as of its latest token. */
  readonly data: Data;
}

interface Common<C extends Contract> {
  readonly user: UserOf<C>;
  readonly session: AppSession<SessionOf<C>>;
  /** It goes on since it was allowed, and is asked about again, since rights may have changed. */
  readonly again?: true;
}

interface Wish<Name extends Action> {
  readonly action: Name;
  readonly name?: undefined;
  readonly data?: undefined;
}

type NamedWish<Name extends Action, Payloads> = {
  readonly [Each in keyof Payloads & string]: {
    readonly action: Name;
    /** Of the event or the signal. */
    readonly name: Each;
    /** As its schema makes it. */
    readonly data: Payloads[Each];
  };
}[keyof Payloads & string];

type StateWish<Value> = [Value] extends [never]
  ? never
  :
      | {
          readonly action: 'set';
          /** The key. */
          readonly name: string;
          readonly data: Value;
        }
      | { readonly action: 'remove'; readonly name: string; readonly data?: undefined };

type RosterWish<Member> = [Member] extends [never]
  ? never
  : Wish<'roster'> | { readonly action: 'enter'; readonly name?: undefined; readonly data: Member };

type CallWish<Calls> = {
  readonly [Name in keyof Calls & string]: {
    readonly action: 'call';
    /** The method. */
    readonly name: Name;
    readonly data: Calls[Name] extends { readonly in: infer Input } ? Input : never;
  };
}[keyof Calls & string];

/** What one user wants of one channel. Told apart by `action`. */
export type ChannelRequest<C extends Contract, P extends PatternOf<C>> = Common<C> & {
  readonly params: ParamsOf<P>;
  /** Its name. */
  readonly channel: string;
} & (
    | Wish<'subscribe'>
    | NamedWish<'publish', EventsOf<C, P>>
    | NamedWish<'signal', SignalsOf<C, P>>
    | StateWish<StateOf<C, P>>
    | RosterWish<PresenceOf<C, P>>
    | CallWish<HandlersOf<C, P>>
  );

/** A call of a method that belongs to no channel. */
export type CallRequest<C extends Contract> = Common<C> & CallWish<HandlersOf<C>>;

/** One publication or signal that a reader may be shown, or not. `data` is what was sent. */
export type SeenRequest<C extends Contract, P extends PatternOf<C>> = Omit<Common<C>, 'again'> & {
  readonly params: ParamsOf<P>;
  readonly channel: string;
  /** Who published it: absent for what the server published. */
  readonly by?: string;
} & (ChannelOf<C, P> extends { readonly state: infer _State }
    ? StateSeen<C, P>
    : NamedSeen<EventsOf<C, P, 'input'>> | NamedSeen<SignalsOf<C, P, 'input'>>);

type NamedSeen<Payloads> = {
  readonly [Name in keyof Payloads & string]: {
    readonly name: Name;
    readonly data: Payloads[Name];
    readonly key?: undefined;
    readonly removed?: undefined;
  };
}[keyof Payloads & string];

type StateSeen<C extends Contract, P extends PatternOf<C>> =
  | {
      readonly key: string;
      readonly data: StateOf<C, P, 'input'>;
      readonly name?: undefined;
      readonly removed?: undefined;
    }
  | {
      readonly key: string;
      readonly data: null;
      readonly name?: undefined;
      readonly removed: true;
    }
  | NamedSeen<SignalsOf<C, P, 'input'>>;
