/**
 * What an application gives for its contract, as types: complete, or it does not compile. Nothing here does anything.
 */
import type {
  ChannelOf,
  Contract,
  HandlersOf,
  ParamsArgument,
  ParamsOf,
  PatternOf,
  PresenceOf,
  ProgressOf,
  SessionOf,
  UserOf,
} from '../../contract/index.ts';
import type { TurnedAway, Visitor } from '../../ports/index.ts';
import type { CallContext } from '../calls/methods.ts';
import type { ChannelOptions } from '../channel/rules.ts';
import type { AppChannel } from './app-channel.ts';
import type { Middleware } from './middleware.ts';
import type {
  Answer,
  AppSession,
  Awaitable,
  CallRequest,
  ChannelRequest,
  SeenRequest,
} from './requests.ts';

/** A user who may come in, until when, and what the contract's `session` wants to be known of the session. */
export type Admission<User, Session = undefined> = {
  readonly user: User;
  /** When the token ends, in milliseconds since 1970. Left out: never. */
  readonly expiresAtMs?: number;
} & ([Session] extends [undefined]
  ? { readonly session?: undefined }
  : {
      /** Handlers have it as `session.data`. */
      readonly session: Session;
    });

/**
 * A user who may come in, by itself where nothing is to be said of the session; undefined, or a word more, for one who may not. With an end
 * it is an `Admission`: among the fields of the user, `expiresAtMs` would end nothing.
 */
export type Authenticated<User, Session = undefined> =
  | ([Session] extends [undefined] ? User & Endless<User> : never)
  | Admission<User, Session>
  | TurnedAway
  | undefined;

/** The compiler lets a literal have fields of any member of a union. */
type Endless<User> = 'expiresAtMs' extends keyof User
  ? unknown
  : { readonly expiresAtMs?: undefined };

/** What an application does for its contract: who may come, and for each pattern who may do what. */
export type Implementing<C extends Contract> = {
  /** Who comes, by the hello and by each new token. Checked against the contract's `user` and `session`. Its `id` is the user's name for the hub. */
  readonly authenticate: (
    visitor: Visitor,
  ) => Awaitable<Authenticated<UserOf<C, 'input'>, SessionOf<C, 'input'>>>;
  /** Every pattern of the contract. */
  readonly channels: { readonly [P in PatternOf<C>]: Channel<C, P> };
  /** Asked and told of every request, in this order. @default none */
  readonly use?: readonly Middleware<UserOf<C>, SessionOf<C>>[];
} & CallsOfNone<C>;

/** What an application gives for the channels of one pattern. */
export type Channel<C extends Contract, P extends PatternOf<C>> = {
  /** May this user do that? Only a plain `true` is a yes. Asked again on each resume, for each page of history, and by `recheck`. */
  readonly authorize: (request: ChannelRequest<C, P>) => Answer;
  /**
   * Which publications and signals this user is shown. At once and from memory: it is asked for each and each reader, whether they come live, by
   * resume or by history. @default all of them
   */
  readonly see?: (request: SeenRequest<C, P>) => boolean;
  /** What becomes of those who read too slowly; which there are depends on the kind. @default the first of its kind */
  readonly slow?: SlowOf<C, P>;
} & MemberOf<C, P> &
  CallsOfChannel<C, P>;

type SlowOf<C extends Contract, P extends PatternOf<C>> = NonNullable<
  Extract<ChannelOptions, { readonly kind?: KindOf<ChannelOf<C, P>> }>['slow']
>;

type KindOf<Of> = Of extends { readonly state: unknown }
  ? 'state'
  : Of extends { readonly events: unknown } | { readonly history: unknown }
    ? 'log'
    : 'signals';

type MemberOf<C extends Contract, P extends PatternOf<C>> = [PresenceOf<C, P>] extends [never]
  ? unknown
  : {
      /** What the roster says of this user, at once. Left out: what the client says, when it fits the schema. */
      readonly presence?: (entering: {
        readonly user: UserOf<C>;
        readonly session: AppSession<SessionOf<C>>;
        readonly params: ParamsOf<P>;
        readonly channel: string;
      }) => PresenceOf<C, P, 'input'>;
    };

/** What a handler is told beside its input, whatever the channel. */
export interface HandlerContext<C extends Contract, Progress = never>
  extends Pick<CallContext, 'idempotencyKey'> {
  readonly user: UserOf<C>;
  readonly session: AppSession<SessionOf<C>>;
  /**
   * Tells the caller how far it is, by the method's `progress` in the contract. Resolves when there is room for more: wait for it. What is told while
   * the caller is away is lost, and the caller hears how many there were.
   * @throws {AppError} As a rejection: `PAYLOAD_INVALID`; `EVENT_UNKNOWN` where the contract has no progress of this method.
   * @throws {HubUsageError} As a rejection: `DATA_INVALID`, `DATA_TOO_LARGE`.
   */
  readonly progress: (data: Progress) => Promise<void>;
  /** Aborted when nobody wants the answer any more: the deadline passed, the caller cancelled, or the node stops. */
  readonly abandoned: CallContext['signal'];
  /**
   * Any channel of the contract, to publish there. What is said is by this user, where the options do not say otherwise.
   * @throws {ContractError} `PARAMS_INVALID`
   */
  readonly into: <P extends PatternOf<C>>(
    pattern: P,
    ...params: ParamsArgument<P>
  ) => AppChannel<C, P>;
}

/** With `publish`, `signal`, `set`, `remove`, as far as the channel has them: what is said is by this user. */
export type ChannelContext<
  C extends Contract,
  P extends PatternOf<C>,
  Progress = never,
> = HandlerContext<C, Progress> & InChannel<C, P>;

type InChannel<C extends Contract, P extends PatternOf<C>> = Omit<AppChannel<C, P>, 'name'> & {
  readonly params: ParamsOf<P>;
  /** Its name. */
  readonly channel: string;
};

/** `Around`: what a handler is told, but for its progress, which each method has of its own. */
type Handlers<C extends Contract, P extends PatternOf<C> | undefined, Around> = {
  readonly [Name in keyof HandlersOf<C, P> & string]: HandlersOf<C, P>[Name] extends {
    readonly in: infer Input;
    readonly out: infer Output;
  }
    ? (
        input: Input,
        context: Around & HandlerContext<C, ProgressOf<C, P, Name, 'input'>>,
      ) => Awaitable<Output>
    : never;
};

type CallsOfChannel<C extends Contract, P extends PatternOf<C>> = [keyof HandlersOf<C, P>] extends [
  never,
]
  ? unknown
  : {
      /** Every method of the contract's channel. What a handler throws fails the call; a `CallError` is told. */
      readonly calls: Handlers<C, P, InChannel<C, P>>;
    };

type CallsOfNone<C extends Contract> = [keyof HandlersOf<C>] extends [never]
  ? unknown
  : {
      /** May this user call this method, which belongs to no channel? Only a plain `true` is a yes. */
      readonly authorize: (request: CallRequest<C>) => Answer;
      /** Every method of the contract that belongs to no channel. */
      readonly calls: Handlers<C, undefined, unknown>;
    };
