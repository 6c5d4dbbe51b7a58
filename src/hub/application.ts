/**
 * An application, as its hub sees it: what `implement` makes of a contract, in the words that the hub has anyway. Nothing here does anything.
 */
import type { AppendOptions, NewPublication, Policy, Request } from '../ports/index.ts';
import type { ErrorCode, Position } from '../wire/index.ts';
import type { Methods } from './calls/methods.ts';
import type { ChannelOptions } from './channel/rules.ts';

/** A client that was let in, as it is connected now, or was last. */
export interface ClientSession {
  /** Its name: the same when its client comes back in time. For `revoke`, `toSession` and `ask`. */
  readonly id: string;
  /** The name of the transport, such as `websocket`. */
  readonly transport: string;
  /** Where the transport knows one. */
  readonly address: string | undefined;
  /** When it was let in, by the present connection: in milliseconds since 1970. */
  readonly connectedAtMs: number;
}

/** What stands instead of `policy`, `channels` and `methods`. */
export interface Application {
  readonly policy: Policy;
  readonly channels: (name: string) => ChannelOptions | undefined;
  readonly methods: Methods;
  /** What is said of a user in a roster, made of what the client said of it. Answers at once; what it throws is a no. */
  readonly member?: (entering: Request & { readonly data: unknown }) => unknown;
  /**
   * Told of each client that is let in, before the policy is asked about anything that it wants; and again when it has brought another token. `guest`:
   * the `data` that `connect` answered with.
   */
  readonly entered?: (guest: unknown, session: ClientSession) => void;
  /** Told how each request ended, and each signal. What it throws, the observer hears. */
  readonly answered?: (request: AnsweredRequest) => void;
  /** The hub whose application it is, once. */
  readonly bind: (hub: ApplicationsHub) => void;
}

/** One request of a client, or one channel of several in it. */
export interface AnsweredRequest extends Pick<Request, 'user' | 'guest'> {
  readonly action:
    | 'call'
    | 'enter'
    | 'publish'
    | 'remove'
    | 'roster'
    | 'set'
    | 'signal'
    | 'subscribe';
  readonly channel: string | undefined;
  /** The event, the signal, the key, or the method. */
  readonly name: string | undefined;
  /** Undefined: it was done; of a signal, which is never answered: it was passed on to the nodes. */
  readonly refused: ErrorCode | undefined;
  /** From when it was taken up, in milliseconds. */
  readonly tookMs: number;
}

/** What an application may do with its hub. */
export interface ApplicationsHub {
  /** As the hub's. */
  publish(channel: string, data: unknown, options?: ApplicationsWords): Promise<Position>;
  /** To all who follow the channel now, at most once. */
  signal(
    channel: string,
    data: unknown,
    options?: Pick<ApplicationsWords, 'by' | 'event'>,
  ): Promise<void>;
  /** On a clock that never jumps. */
  nowMs(): number;
  failed(error: unknown): void;
}

/** What is said beside the data: as in the hub's `PublishOptions`. */
export interface ApplicationsWords
  extends Pick<NewPublication, 'by' | 'event' | 'key' | 'removed'>,
    Pick<AppendOptions, 'durability'> {}
