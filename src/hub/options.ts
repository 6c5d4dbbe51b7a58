/**
 * What a hub is made of, and where it says stop. Every limit is finite unless the user says `Infinity`.
 * In: options. Out: the limits with their defaults filled in. Fails: LIMIT_INVALID for what is no positive number.
 */
import type { Clock } from '../ground/clock.ts';
import type { Broker, Observer, Policy } from '../ports/index.ts';
import { maxJsonLength } from '../wire/index.ts';
import { AppError } from './app/errors.ts';
import type { Application } from './application.ts';
import type { Methods } from './calls/methods.ts';
import type { CallLimits } from './calls/options.ts';
import type { ChannelOptions } from './channel/rules.ts';
import type { RandomBytes } from './ids.ts';
import { limitsOf } from './limits-of.ts';
import type { PresenceLimits } from './presence/options.ts';
import { HubUsageError } from './usage-error.ts';

/** How much one hub takes, of all clients and of each. One below 1 or no number: `LIMIT_INVALID`. */
export interface HubLimits {
  /** Time a client has for its hello, in milliseconds; then HELLO_TOO_LATE. @default 10_000 */
  readonly helloWithinMs?: number;
  /** Channels that one session may follow. More are refused with TOO_MANY_SUBSCRIPTIONS. @default 128 */
  readonly maxSubscriptions?: number;
  /**
   * Requests of one session that are being worked on, and messages kept until its hello is answered, which take `maxOutletBytes` at the
   * most. More are refused with TOO_MANY_REQUESTS. @default 64
   */
  readonly maxPending?: number;
  /** The data of one publication, in bytes of JSON; at most 524,288. More is refused with DATA_TOO_LARGE. @default 65_536 */
  readonly maxDataBytes?: number;
  /** Channels that this hub follows at once. More are refused with TOO_MANY_CHANNELS. @default 100_000 */
  readonly maxChannels?: number;
  /**
   * Bytes that may wait for one client. One that lets more pile up is sent away with TOO_SLOW, and comes back with its
   * positions. At a quarter of it replays pause and signals are left out; from half of it on the rule of each channel for slow
   * subscribers applies. Low: a short stall of the network costs reads of the log. High: many slow clients cost memory.
   * @default 1_048_576
   */
  readonly maxOutletBytes?: number;
  /**
   * New entries held behind a read of a replay, for each subscription, and as many bytes as may wait for one client; and entries behind
   * a read by which a channel repairs its chain. When there are more, the log is read again: nobody is disconnected for it.
   * @default 1_000
   */
  readonly replayBuffer?: number;
  /** Entries asked of the broker in one read; a `historyPage` has at most as many. @default 256 */
  readonly pageEntries?: number;
  /** How often the ends of followed channels are compared with those of the log, in milliseconds. @default 2_000 */
  readonly topsEveryMs?: number;
  /**
   * How long a reader that is not shown what comes waits to be told how far it is, in milliseconds: all of it together. Low: a busy channel of which
   * it sees nothing costs messages. High: when it comes back, that much is looked at again.
   * @default 5_000
   */
  readonly advanceEveryMs?: number;
  /** For how long a client that has gone may come back to its session, in milliseconds. @default 120_000 */
  readonly sessionMs?: number;
  /** Signals that one session may send in a second, and at once. More are left out. @default 50 */
  readonly signalsPerSecond?: number;
  /**
   * Questions to the policy in a second, after rights changed: see `recheck`. Low: who lost them goes on for longer, when many are asked about.
   * High: a policy that asks a database keeps it busy.
   * @default 5_000
   */
  readonly rechecksPerSecond?: number;
  /**
   * New numberings of publications by one user: each client begins one in each channel to which it publishes. As many again in the time for which
   * the engine keeps a record of each. More are refused with TOO_MANY_REQUESTS.
   * @default 10_000
   */
  readonly maxProducersPerUser?: number;
  /** Publications of the server's own code that may wait for one channel. More reject with BROKER_FULL. @default 10_000 */
  readonly maxWaitingPublications?: number;
  /** For how long a publication of the server's own code is tried again while the broker fails, in milliseconds. @default 10_000 */
  readonly publishWithinMs?: number;
  /** Hellos that are taken in a second, and at once. More are sent away with BUSY. @default 1_000 */
  readonly hellosPerSecond?: number;
  /** Hellos that are being worked on at once: the policy is asked for each. More are sent away with BUSY. @default 1_000 */
  readonly maxAdmitting?: number;
  /**
   * Connections of one user. More are sent away with TOO_MANY_CONNECTIONS. Lower it where each user has a name of its own; where all
   * strangers have one name, they share it. @default 10_000
   */
  readonly maxConnectionsPerUser?: number;
  /**
   * New sessions of one user, and as many again in `sessionMs`: what is kept of each stays as long, after its client has gone too. More are sent
   * away with TOO_MANY_CONNECTIONS. @default 10_000
   */
  readonly maxSessionsPerUser?: number;
  /** Connections from one address, which may be that of a proxy. More are sent away with TOO_MANY_CONNECTIONS. @default 10_000 */
  readonly maxConnectionsPerAddress?: number;
}

/** The defaults of `HubLimits`. */
export const hubLimitDefaults: Required<HubLimits> = {
  helloWithinMs: 10_000,
  maxSubscriptions: 128,
  maxPending: 64,
  maxDataBytes: 65_536,
  maxChannels: 100_000,
  maxOutletBytes: 1_048_576,
  replayBuffer: 1_000,
  pageEntries: 256,
  topsEveryMs: 2_000,
  advanceEveryMs: 5_000,
  sessionMs: 120_000,
  signalsPerSecond: 50,
  rechecksPerSecond: 5_000,
  maxProducersPerUser: 10_000,
  maxWaitingPublications: 10_000,
  publishWithinMs: 10_000,
  hellosPerSecond: 1_000,
  maxAdmitting: 1_000,
  maxConnectionsPerUser: 10_000,
  maxSessionsPerUser: 10_000,
  maxConnectionsPerAddress: 10_000,
};

/** What a hub is made of. */
export interface HubOptions {
  /** Keeps the logs. The hub starts it, and stops it. */
  readonly broker: Broker;
  /** Nothing is allowed unless this says so. */
  readonly policy: Policy;
  /** Time and timers: `systemClock` of `tautline/endpoint`, or one that tests turn. */
  readonly clock: Clock;
  /** Where ids come from. @default crypto.getRandomValues */
  readonly random?: RandomBytes;
  /** Hears what happens. @default nobody */
  readonly observer?: Observer;
  /** How much it takes. @default `hubLimitDefaults` */
  readonly limits?: HubLimits;
  /** What a channel is for, by its name; undefined: a log. It must always say the same of one name. @default all are logs */
  readonly channels?: (name: string) => ChannelOptions | undefined;
  /** What clients may call, by name, if the policy lets them. @default nothing */
  readonly methods?: Methods;
  /** How many calls it takes. @default `callLimitDefaults` */
  readonly calls?: CallLimits;
  /** How many stand in rosters. @default `presenceLimitDefaults` */
  readonly presence?: PresenceLimits;
  /** See `AppHubOptions`. */
  readonly app?: undefined;
}

/** With an implementation of a contract, which says what `policy`, `channels` and `methods` would. */
export interface AppHubOptions extends Omit<HubOptions, 'app' | 'channels' | 'methods' | 'policy'> {
  /** What `implement` gave; of this hub alone. */
  readonly app: Application;
  readonly policy?: undefined;
  readonly channels?: undefined;
  readonly methods?: undefined;
}

interface Rulings extends Pick<Application, 'answered' | 'entered' | 'member' | 'policy'> {
  readonly channels: HubOptions['channels'] | undefined;
  readonly methods: Methods | undefined;
}

/**
 * Who says what may be done, and what there is.
 * @throws {AppError} `APP_INVALID`
 */
export function applicationIn({
  app,
  policy,
  channels,
  methods,
}: HubOptions | AppHubOptions): Rulings {
  if (app === undefined) {
    return { policy, channels, methods };
  }
  if (policy !== undefined || channels !== undefined || methods !== undefined) {
    // Whoever wrote both may take one of them for what decides.
    const message = 'app stands instead of policy, channels and methods: give one or the other';
    throw new AppError('APP_INVALID', message);
  }
  return app;
}

const least: Readonly<Partial<Record<keyof HubLimits, number>>> = {
  // A page holds the entry where the reader stands, so one entry is no page.
  pageEntries: 2,
  // Clients ask for channels and for the rest by halves.
  maxPending: 2,
};

/** @throws {HubUsageError} `LIMIT_INVALID` */
export function hubLimits(given?: HubLimits): Required<HubLimits> {
  const limits = limitsOf(hubLimitDefaults, given, least);
  if (limits.maxDataBytes > maxJsonLength / 2) {
    const most = maxJsonLength / 2;
    throw new HubUsageError('LIMIT_INVALID', `clients read no data of more than ${most} bytes`);
  }
  return limits;
}
