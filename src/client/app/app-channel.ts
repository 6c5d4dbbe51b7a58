/**
 * What an application holds of one channel of its contract. `typed-channel.ts` keeps what is promised here.
 */
import type {
  CallsOf,
  Contract,
  EventsOf,
  ParamsOf,
  PatternOf,
  PresenceOf,
  ProgressOf,
  Side,
  SignalsOf,
  StateOf,
} from '../../contract/index.ts';
import type {
  CallOptions,
  ClientError,
  HistoryQuery,
  Page,
  PublishedAt,
  PublishOptions,
  SubscriptionChange,
} from '../index.ts';
import type { ChannelEvents, EntryMeta, RosterMember } from './app-events.ts';
import type { Message } from './message-list.ts';
import type { Observable } from './observable.ts';
import type { Messages, MessagesOptions } from './watch-messages.ts';
import type { RecentSignal, SignalsOptions } from './watch-signals.ts';

/** Names as strings. */
export type NameOf<Table> = keyof Table & string;

/** A message of this channel, whichever event it is: `event` tells them apart. */
export type MessageOf<C extends Contract, P extends PatternOf<C>, S extends Side = 'input'> = {
  readonly [Name in NameOf<EventsOf<C, P, S>>]: Message<Name, EventsOf<C, P, S>[Name]>;
}[NameOf<EventsOf<C, P, S>>];

/** An entry that was read of the log. */
export type EntryOf<C extends Contract, P extends PatternOf<C>, S extends Side = 'input'> = {
  readonly [Name in NameOf<EventsOf<C, P, S>>]: {
    readonly event: Name;
    readonly data: EventsOf<C, P, S>[Name];
    readonly meta: EntryMeta;
  };
}[NameOf<EventsOf<C, P, S>>];

/** A page of the log: what of it stands in the contract. */
export interface EntriesPage<Entry> extends Omit<Page, 'publications'> {
  readonly entries: readonly Entry[];
}

/** What one says of oneself, as an argument: none where the channel has no roster. */
export type Saying<Data> = [Data] extends [never] ? [nothing: never] : [data?: Data];

/** How a method is called. Who hears how far it is, where the contract says that it tells anything. */
export interface TypedCallOptions<Progress = never>
  extends Omit<CallOptions, 'channel' | 'onProgress'> {
  /** What the handler says on the way. Some may be lost: `seq` grows by one. */
  readonly onProgress?: [Progress] extends [never] ? never : (data: Progress, seq: number) => void;
}

/** How it is published; under which event is said beside it. */
export type SayOptions = Omit<PublishOptions, 'event'>;

/**
 * One channel. To hold one costs nothing, and follows nothing: the channel is followed as long as something listens or looks, with one
 * subscription for all of them. `S` is the side of the schemas that is told: `'input'`, as it was sent, or after validation `'output'`.
 */
export interface AppChannel<C extends Contract, P extends PatternOf<C>, S extends Side = 'input'> {
  /** Whose channel it is: the same object for all channels of one `withContract`. */
  readonly app: object;
  /** The name of the channel, as the server knows it. */
  readonly name: string;
  readonly pattern: P;
  readonly params: ParamsOf<P>;

  /**
   * Listens to an event, a signal, or to `gap`, `status`, `state`, `presence`; what it returns ends that. Throws as `subscribe` of the
   * client does. A listener that throws disturbs nobody: its error is reported as uncaught.
   */
  on<Name extends NameOf<ChannelEvents<C, P, S>>>(
    name: Name,
    listener: (
      ...told: ChannelEvents<C, P, S>[Name] extends infer Told extends readonly unknown[]
        ? Told
        : never
    ) => void,
  ): () => void;
  /** Ends all that `on` of this object has begun. */
  leave(): void;

  /** Resolves when it is in the log, once. Rejects as `publish` of the client does; with the contract passed in, with `PAYLOAD_INVALID` too. */
  publish<Name extends NameOf<EventsOf<C, P>>>(
    event: Name,
    data: EventsOf<C, P, 'input'>[Name],
    options?: SayOptions,
  ): Promise<PublishedAt>;
  /** To all who follow the channel now. False: there is no connection, and it is not sent later. */
  signal<Name extends NameOf<SignalsOf<C, P>>>(
    name: Name,
    data: SignalsOf<C, P, 'input'>[Name],
  ): boolean;
  /** Calls a method of this channel. Rejects as `call` of the client does. */
  call<Name extends NameOf<CallsOf<C, P>>>(
    method: Name,
    data: CallsOf<C, P>[Name]['in'],
    options?: TypedCallOptions<ProgressOf<C, P, Name, S>>,
  ): Promise<CallsOf<C, P>[Name]['out']>;
  /** Gives the key of keyed state this value. */
  set(key: string, value: StateOf<C, P, 'input'>, options?: SayOptions): Promise<PublishedAt>;
  /** Takes the key's value away. */
  remove(
    key: [StateOf<C, P>] extends [never] ? never : string,
    options?: SayOptions,
  ): Promise<PublishedAt>;
  /** Be in the roster, or say something else of oneself there. Without data the server says it, or the answer is no. */
  enter(...said: Saying<PresenceOf<C, P, 'input'>>): Promise<void>;
  exit(): Promise<void>;
  /**
   * Be in the roster until what it returns is called; of several the latest says with what. What fails for now is asked again; `refused` is
   * told when the server says no, for good.
   */
  stay(
    ...said: [...said: Saying<PresenceOf<C, P, 'input'>>, refused?: (error: ClientError) => void]
  ): () => void;
  /** Reads a page of the log. Entries that do not stand in the contract are left out. */
  history(query?: HistoryQuery): Promise<EntriesPage<EntryOf<C, P, S>>>;

  /** How it is followed, and why it is not. */
  readonly status: Observable<SubscriptionChange>;
  /** Of keyed state: each key's latest value. */
  readonly state: Observable<ReadonlyMap<string, StateOf<C, P, S>>>;
  /** Who is there, those who came first first. */
  readonly roster: Observable<readonly RosterMember<PresenceOf<C, P, S>>[]>;
  /** The latest messages. Throws `OPTION_INVALID`. */
  messages(options?: MessagesOptions): Messages<MessageOf<C, P, S>>;
  /** The latest signal of each user, for a while. Throws `OPTION_INVALID`. */
  signals<Name extends NameOf<SignalsOf<C, P>>>(
    name: Name,
    options?: SignalsOptions,
  ): Observable<readonly RecentSignal<SignalsOf<C, P, S>[Name]>[]>;
}
