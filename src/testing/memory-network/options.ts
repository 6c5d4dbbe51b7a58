/**
 * What a network of tests does to what travels, and how much it holds.
 * In: options. Out: all of them. Fails: a `NetworkError`, thrown at once.
 */
import type { Clock } from '../../ground/clock.ts';

/** @codes You misused the network of tests. */
export type NetworkErrorCode =
  | 'CLOSE_CODE_INVALID'
  | 'CLOSE_REASON_TOO_LONG'
  | 'HOST_TAKEN'
  | 'HOST_UNKNOWN'
  | 'OPTION_INVALID'
  | 'TOO_MANY_HOSTS';

/** You misused the network of tests: thrown where the mistake was made. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** One way of a road. */
export type Way = 'toServer' | 'toClient';

/** The weather between hosts. Each may be changed at any time. */
export interface Conditions {
  /** How long everything travels, one way, in milliseconds. @default 0 */
  readonly delayMs?: number;
  /** Up to this much longer, by chance, in milliseconds. What travels one way of a road keeps its order. @default 0 */
  readonly jitterMs?: number;
  /** Bytes that the client takes in a second; what it did not take waits at the server. 0: it reads nothing. @default Infinity */
  readonly readBytesPerSecond?: number;
  /**
   * Where what is sent is lost, and nobody is told. A way that lost something loses all that follows, whatever is set later: of a
   * stream nothing arrives after a hole. @default 'none'
   */
  readonly swallow?: 'none' | Way | 'both';
  /** The share of connects that are refused, from 0 to 1, by chance. @default 0 */
  readonly refuseShare?: number;
  /** The share of sent messages at which the road is cut instead, from 0 to 1, by chance. @default 0 */
  readonly cutShare?: number;
}

/** The defaults of `Conditions`: nothing is slow and nothing is lost. */
export const calm: Required<Conditions> = {
  delayMs: 0,
  jitterMs: 0,
  readBytesPerSecond: Number.POSITIVE_INFINITY,
  swallow: 'none',
  refuseShare: 0,
  cutShare: 0,
};

/** How much one network holds: tests that run away end so. */
export interface NetworkLimits {
  /** Messages that one way of a road may hold. One more cuts the road. @default 10_000 */
  readonly maxMessages?: number;
  /** Bytes that one way of a road may hold. One more cuts the road. @default 16_777_216 */
  readonly maxBytes?: number;
  /** Roads at once. One more is refused. @default 10_000 */
  readonly maxRoads?: number;
  /** Hosts by name. One more is refused with `TOO_MANY_HOSTS`. @default 10_000 */
  readonly maxHosts?: number;
  /** How long an end that closes waits for the other, in milliseconds; then it is over with 1006. @default 5_000 */
  readonly closeWithinMs?: number;
}

/** The defaults of `NetworkLimits`. */
export const networkDefaults: Required<NetworkLimits> = {
  maxMessages: 10_000,
  maxBytes: 16_777_216,
  maxRoads: 10_000,
  maxHosts: 10_000,
  closeWithinMs: 5_000,
};

/** What a network in memory is made of: time and chance are yours. */
export interface MemoryNetworkOptions extends Conditions, NetworkLimits {
  /** The only time there is: a `ManualClock`. */
  readonly clock: Clock;
  /** From 0 up to, not including, 1. Asked only where a condition leaves something to chance. */
  readonly random: () => number;
}

/** Throws for a condition that cannot be; what is not named is left out. */
export function conditionsFrom(given: Conditions): Conditions {
  const known: Record<string, unknown> = {};
  for (const name of Object.keys(calm) as (keyof Conditions)[]) {
    const value = given[name];
    if (value !== undefined) {
      check(name, value);
      known[name] = value;
    }
  }
  return known;
}

function check(name: keyof Conditions, value: string | number): void {
  const fits = name === 'swallow' ? ways.has(value) : isBetween(value, most[name]);
  if (!fits) {
    throw new NetworkError('OPTION_INVALID', `memoryNetwork(): ${name} cannot be ${value}`);
  }
}

const ways: ReadonlySet<unknown> = new Set(['none', 'toServer', 'toClient', 'both']);

const most: Readonly<Record<Exclude<keyof Conditions, 'swallow'>, number>> = {
  // For longer than that there is `swallow`.
  delayMs: Number.MAX_SAFE_INTEGER,
  jitterMs: Number.MAX_SAFE_INTEGER,
  readBytesPerSecond: Number.POSITIVE_INFINITY,
  refuseShare: 1,
  cutShare: 1,
};

/** NaN is between nothing. */
function isBetween(value: string | number, upTo: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= upTo;
}

export function limitsFrom(given: NetworkLimits): Required<NetworkLimits> {
  const limits: Record<string, number> = {};
  for (const name of Object.keys(networkDefaults) as (keyof NetworkLimits)[]) {
    const value = given[name] ?? networkDefaults[name];
    if (!(value >= 1)) {
      throw new NetworkError('OPTION_INVALID', `memoryNetwork(): ${name} must be 1 or more`);
    }
    limits[name] = value;
  }
  return limits as unknown as Required<NetworkLimits>;
}
