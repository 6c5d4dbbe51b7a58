/**
 * The front hall: endpoint, transport, gateway, broker and hub, chosen and connected. Contains no rules.
 * In: options. Out: a server. Fails: `listen` and `attach` reject when the broker or the address is not to be had.
 */
import { memory } from '../brokers/memory.ts';
import {
  type CompressionOptions,
  closeDefaults,
  createEndpoint,
  type Endpoint,
  type Hosts,
  type Io,
  type ListenOptions,
  type Origins,
  type SharedServer,
  sendingDefaults,
  systemClock,
} from '../endpoint/index.ts';
import { native } from '../gateways/native.ts';
import { nativeBinary } from '../gateways/native-binary.ts';
import { tabs } from '../gateways/tabs.ts';
import {
  type Application,
  type AskOptions,
  type CallLimits,
  type ChannelOptions,
  createHub,
  type DrainOptions,
  type Hub,
  type HubLimits,
  type HubView,
  hubLimitDefaults,
  type Methods,
  type PresenceLimits,
  type PublishOptions,
  type RevokeOptions,
  type RevokeScope,
  type RightsScope,
  type SayOptions,
} from '../hub/index.ts';
import type { Broker, Observer, Policy } from '../ports/index.ts';
import {
  type HttpRoadLimits,
  type HttpTransport,
  httpTransport,
} from '../transports/http-transport.ts';
import { websocketTransport } from '../transports/websocket.ts';
import { maxJsonLength, type Position } from '../wire/index.ts';

/** What a server is made of. Only the policy has no default. */
export interface ServerOptions {
  /** Nothing is allowed unless this says so. */
  readonly policy: Policy;
  /** @default memory(): the log is gone with the process. */
  readonly broker?: Broker;
  /** Where clients connect. @default '/' */
  readonly path?: string;
  /** Which pages may connect; programs, which send no Origin, always may. @default 'same' */
  readonly origins?: Origins;
  /** By which names the server may be asked for. @default 'safe' */
  readonly hosts?: Hosts;
  /** How sockets are read and written; see `EndpointOptions`. @default 'socket' */
  readonly io?: Io;
  /** Hears what happens, for metrics and logs. */
  readonly observer?: Observer;
  /** How much the hub takes. */
  readonly limits?: HubLimits;
  /** What a channel is for, by its name; undefined: a log. It must always say the same of one name. @default all are logs */
  readonly channels?: (name: string) => ChannelOptions | undefined;
  /** What clients may call, by name, if the policy lets them. @default nothing */
  readonly methods?: Methods;
  /** How many calls it takes. */
  readonly calls?: CallLimits;
  /** How many stand in rosters. */
  readonly presence?: PresenceLimits;
  /**
   * Whether messages are compressed where the client can (permessage-deflate, RFC 7692). A publication is compressed once for all who
   * agreed to windows of one size. @default false
   */
  readonly compression?: boolean | CompressionOptions;
  /**
   * Clients that cannot have a websocket come by plain requests to the same path: events or polls down, POST up. Limits for them; false:
   * there is no such way. @default {}
   */
  readonly http?: HttpRoadLimits | false;
  /** Instead of `policy`, `channels` and `methods`: what `implement` gave for a contract; see `AppServerOptions`. */
  readonly app?: undefined;
}

/** With an implementation of a contract, which says what `policy`, `channels` and `methods` would. */
export interface AppServerOptions
  extends Omit<ServerOptions, 'app' | 'channels' | 'methods' | 'policy'> {
  /** What `implement` gave; of this server alone. */
  readonly app: Application;
  readonly policy?: undefined;
  readonly channels?: undefined;
  readonly methods?: undefined;
}

/** Where `listen` serves: a port or a unix socket, with TLS or without. */
export type ServerListenOptions = ListenOptions;

/** A hub with its roads: what an application holds. */
export interface Server {
  /**
   * Starts, and serves on a server of its own. Resolves with the port when it listens; rejects as Node does when the address is
   * taken, as the broker does when it cannot be reached, and with the signal's reason when that is aborted before it listens.
   */
  listen(options: ListenOptions): Promise<{ readonly port: number }>;
  /** Serves beside what `server` does already. Resolves when the broker has started; clients who come before wait for it. */
  attach(server: SharedServer): Promise<void>;
  /**
   * Resolves when it was appended, once, however often the broker had to be asked. No policy is asked. `data` is any JSON value, or bytes.
   * @throws {HubUsageError} As a rejection: `CHANNEL_INVALID`, `DATA_INVALID`, `DATA_TOO_LARGE`, `EVENT_INVALID`, `HUB_NOT_RUNNING`,
   * `KEY_INVALID`, `KIND_MISMATCH`, `USER_INVALID`.
   * @throws {BrokerError} As a rejection: whatever the broker goes on saying; `BROKER_FULL` when too many wait for the channel.
   */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Position>;
  /** Into the user's inbox, whether the user is there or not: see `Hub`. */
  toUser(user: string, data: unknown, options?: SayOptions): Promise<Position>;
  /** A signal, at most once, to one session on whatever node. False: nobody holds it. */
  toSession(session: string, data: unknown, options?: SayOptions): Promise<boolean>;
  /** A signal, at most once, to every session of every node. */
  broadcast(data: unknown, options?: SayOptions): Promise<void>;
  /**
   * Asks a client that is connected to this node.
   * @throws {AskError} As a rejection.
   */
  ask(session: string, method: string, data: unknown, options?: AskOptions): Promise<unknown>;
  /** The policy answers otherwise than before: it is asked again about what goes on. See `Hub`. */
  recheck(scope?: RightsScope): Promise<void>;
  /** Ends all sessions of a user, or one, on every node: their clients stay away, and nobody resumes them. See `Hub`. */
  revoke(scope: RevokeScope, options?: RevokeOptions): Promise<void>;
  /**
   * Before a close: asks every client to attach elsewhere within the time (default 30,000 ms), lets nobody in any more, and resolves when
   * all have gone or the time is over. Everything goes on meanwhile.
   */
  drain(options?: DrainOptions): Promise<void>;
  /** How much there is of what. */
  view(): HubView;
  /** Tells every client that the server stops, and resolves when all is over; after `withinMs` (default 5,000) it is cut short. */
  close(options?: { readonly withinMs?: number }): Promise<void>;
}

/**
 * A server that is made, and not yet started.
 * @throws {HubUsageError} `LIMIT_INVALID`
 * @throws {AppError} `APP_BOUND_TWICE`; `APP_INVALID` where there are other rules beside those of the application.
 */
export function createServer(options: ServerOptions | AppServerOptions): Server {
  return new ComposedServer(options);
}

/** Which of the two it is, the hub looks at. */
type AnyOptions = Partial<Record<keyof ServerOptions, unknown>>;

class ComposedServer implements Server {
  private readonly endpoint: Endpoint;
  private readonly hub: Hub;
  private readonly http: HttpTransport | undefined;
  private readonly observer: Observer | undefined;
  private started: Promise<void> | undefined;
  private readonly forgetSignals: (() => void)[] = [];

  constructor(options: ServerOptions | AppServerOptions) {
    const { broker, path = '/', origins = 'same', hosts = 'safe' } = options;
    const { io = 'socket', observer, limits, compression = false, http = {} } = options;
    this.endpoint = createEndpoint({ io });
    this.observer = observer;
    const rules = given(options as AnyOptions, ['app', 'policy', 'channels', 'methods']);
    this.hub = createHub({
      ...(rules as Pick<ServerOptions, 'policy'>),
      broker: broker ?? memory(),
      clock: systemClock,
      ...given(options, ['observer', 'limits', 'calls', 'presence']),
    });
    const maxOutletBytes = limits?.maxOutletBytes ?? hubLimitDefaults.maxOutletBytes;
    const spoken = [native(), nativeBinary()];
    // The hub pauses its replays at a quarter of its limit, and sends clients away at the limit: a road must begin to say "wait" at the
    // first, and must not cut before the second.
    const common = {
      endpoint: this.endpoint,
      path,
      origins,
      hosts,
      gateways: [...spoken, tabs({ gateways: spoken, clock: systemClock })],
      hub: this.hub,
      highWaterBytes: Math.floor(maxOutletBytes / 4),
      maxBufferedBytes: Math.max(sendingDefaults.maxBufferedBytes, maxOutletBytes * 2),
    };
    this.http = http === false ? undefined : httpTransport({ ...common, ...http });
    // A character of JSON is three bytes at the most.
    websocketTransport({ ...common, compression, maxMessageBytes: maxJsonLength * 3 });
  }

  async listen(options: ListenOptions): Promise<{ readonly port: number }> {
    const { signal, ...rest } = options;
    signal?.throwIfAborted();
    await this.start();
    const listening = await this.endpoint.listen(rest);
    if (signal?.aborted) {
      await this.close();
      signal.throwIfAborted();
    }
    // Not left to the endpoint: the hub's clients hear why first.
    const onAbort = (): void => {
      this.close().catch((error: unknown) => this.observer?.failed?.(error));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.forgetSignals.push(() => signal?.removeEventListener('abort', onAbort));
    return listening;
  }

  attach(server: SharedServer): Promise<void> {
    this.endpoint.attach(server);
    return this.start();
  }

  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Position> {
    return this.hub.publish(channel, data, options);
  }

  toUser(user: string, data: unknown, options?: SayOptions): Promise<Position> {
    return this.hub.toUser(user, data, options);
  }

  toSession(session: string, data: unknown, options?: SayOptions): Promise<boolean> {
    return this.hub.toSession(session, data, options);
  }

  broadcast(data: unknown, options?: SayOptions): Promise<void> {
    return this.hub.broadcast(data, options);
  }

  ask(session: string, method: string, data: unknown, options?: AskOptions): Promise<unknown> {
    return this.hub.ask(session, method, data, options);
  }

  recheck(scope?: RightsScope): Promise<void> {
    return this.hub.recheck(scope);
  }

  revoke(scope: RevokeScope, options?: RevokeOptions): Promise<void> {
    return this.hub.revoke(scope, options);
  }

  drain(options?: DrainOptions): Promise<void> {
    return this.hub.drain(options);
  }

  view(): HubView {
    return this.hub.view();
  }

  async close(options?: { readonly withinMs?: number }): Promise<void> {
    for (const forget of this.forgetSignals.splice(0)) {
      forget();
    }
    // First the hub: its clients hear why, and that they may come back.
    const { withinMs = closeDefaults.withinMs } = options ?? {};
    const untilMs = systemClock.nowMs() + withinMs;
    try {
      await this.hub.stop({ withinMs });
    } finally {
      this.http?.stop();
      await this.endpoint.close({ withinMs: Math.max(0, untilMs - systemClock.nowMs()) });
    }
  }

  private start(): Promise<void> {
    this.started ??= this.startAll();
    return this.started;
  }

  private async startAll(): Promise<void> {
    await this.hub.start();
    await this.http?.start();
  }
}

/** Those of the named options that were given. */
function given<Options, Name extends keyof Options>(
  options: Options,
  names: readonly Name[],
): Pick<Options, Name> {
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  ) as Pick<Options, Name>;
}
