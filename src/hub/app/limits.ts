/**
 * Limits as middleware: so many requests in a time, and so much in one request.
 * In: who or what is counted, and how many there may be. Out: a middleware that says `RATE_LIMITED`, and when to come back. Fails: LIMIT_INVALID for
 * what can be no limit.
 */
import { sizeOf } from '../data.ts';
import { HubUsageError } from '../usage-error.ts';
import { type BucketOptions, Buckets } from './buckets.ts';
import { type Middleware, type Passing, rateLimited } from './middleware.ts';
import type { Action } from './requests.ts';

/**
 * What has a count of its own. `address`: requests that came by a road without one are not counted. `channel`: nor are calls of methods of no channel.
 * `method`: calls only. Several: each combination.
 */
export type CountedBy = 'address' | 'channel' | 'method' | 'user';

/** What is counted, and for whom each by itself. */
export interface CountOptions {
  /** For whom each by itself; several: for each combination. */
  readonly by: CountedBy | readonly CountedBy[];
  /** What is counted. `connect` only by `address`. @default all but connect */
  readonly actions?: readonly (Action | 'connect')[];
  /**
   * How many users, addresses, channels or methods are remembered on this node. When more than these have used up all they may, whoever is new shares
   * one count with all who are. @default 10_000
   */
  readonly maxKeys?: number;
}
/** Used where `CountOptions` say nothing. */
export const countDefaults: Required<Omit<CountOptions, 'by'>> = {
  actions: ['call', 'enter', 'publish', 'remove', 'roster', 'set', 'signal', 'subscribe'],
  maxKeys: 10_000,
};

/** For `rateLimit`. */
export interface RateLimitOptions extends CountOptions {
  /** Requests in a second. */
  readonly perSecond: number;
  /** Requests at once. At least 1. @default `perSecond`, at least 1 */
  readonly burst?: number;
}

/** For `quota`. */
export interface QuotaOptions extends CountOptions {
  /** Requests at once. A whole number. */
  readonly most: number;
  /** In so many milliseconds as many again, little by little. A whole number. */
  readonly perMs: number;
}

/** For `sizeLimit`. */
export interface SizeLimitOptions {
  /** Of what is said in one request, in characters of JSON, or in bytes. More is refused with PAYLOAD_INVALID. */
  readonly most: number;
  /** Of what. @default all that says something */
  readonly actions?: readonly Action[];
}

/**
 * A token bucket for each: `burst` requests at once, and `perSecond` in each second after. On each node for itself.
 * @throws {HubUsageError} `LIMIT_INVALID`
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const { perSecond, burst = Math.max(1, perSecond) } = options;
  requirePositive('perSecond', perSecond);
  requirePositive('burst', burst, 1);
  return counted(options, { most: burst, back: perSecond, perMs: 1_000 });
}

/**
 * As `rateLimit`, for long times: `most` at once, and as many again in `perMs`. Kept in memory on each node for itself: a restart forgets it.
 * @throws {HubUsageError} `LIMIT_INVALID`
 */
export function quota(options: QuotaOptions): Middleware {
  const { most, perMs } = options;
  requirePositive('most', most, 1);
  requirePositive('perMs', perMs);
  return counted(options, { most, back: most, perMs });
}

/**
 * How much one request may say; beyond the hub's own `maxDataBytes`, which is for all.
 * @throws {HubUsageError} `LIMIT_INVALID`
 */
export function sizeLimit({ most, actions }: SizeLimitOptions): Middleware {
  requirePositive('most', most);
  const limited: ReadonlySet<string> | undefined = actions && new Set(actions);
  requireActions(limited ?? new Set(), countable);
  const message = `this says more than ${most} characters of JSON, or bytes`;
  return {
    before: ({ action, sent }) =>
      sent !== undefined && limited?.has(action) !== false && sizeOf(sent) > most
        ? { code: 'PAYLOAD_INVALID', message, details: { issues: [{ path: '', message }] } }
        : undefined,
  };
}

function counted(
  { by, actions = countDefaults.actions, maxKeys = countDefaults.maxKeys }: CountOptions,
  rate: Omit<BucketOptions, 'maxKeys'>,
): Middleware {
  requirePositive('maxKeys', maxKeys, 1);
  const parts = typeof by === 'string' ? [by] : [...by];
  const limited: ReadonlySet<string> = new Set(actions);
  requireActions(limited, [...countable, 'connect']);
  requireParts(parts, limited);
  const buckets = new Buckets({ ...rate, maxKeys });
  const wait = (key: string | undefined, nowMs: number): number =>
    key === undefined ? 0 : buckets.take(key, nowMs);
  const message = `too many requests by one ${parts.join(' and ')}`;
  return {
    connect: ({ address }, nowMs) => {
      const waitMs = limited.has('connect') ? wait(keyOf([address]), nowMs) : 0;
      return waitMs === 0 ? undefined : { refused: 'BUSY', retryAfterMs: Math.ceil(waitMs) };
    },
    before: (request) => {
      const { action, nowMs } = request;
      const key = keyOf(parts.map((part) => partOf(part, request)));
      const waitMs = limited.has(action) ? wait(key, nowMs) : 0;
      return waitMs === 0 ? undefined : rateLimited(message, Math.ceil(waitMs));
    },
  };
}

function partOf(
  part: CountedBy,
  { user, address, channel, action, name }: Passing<{ readonly id: string }>,
): string | undefined {
  switch (part) {
    case 'user':
      return user.id;
    case 'address':
      return address;
    case 'channel':
      return channel;
    case 'method':
      return action === 'call' ? name : undefined;
  }
}

/** Two combinations never have one key. Undefined: a part is not known, so nothing is counted. */
function keyOf(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : JSON.stringify(parts);
}

const allParts: ReadonlySet<string> = new Set<CountedBy>(['address', 'channel', 'method', 'user']);

function requireParts(parts: readonly string[], limited: ReadonlySet<string>): void {
  if (parts.length === 0 || parts.some((part) => !allParts.has(part))) {
    throw invalid(`by must be some of ${[...allParts].join(', ')}`);
  }
  if (limited.has('connect') && parts.join() !== 'address') {
    throw invalid('before a client is let in, only its address is known: by must be address');
  }
}

const countable: readonly string[] = countDefaults.actions;

/** A word that is misspelt would leave the limit without effect. */
function requireActions(limited: ReadonlySet<string>, known: readonly string[]): void {
  const unknown = [...limited].find((action) => !known.includes(action));
  if (unknown !== undefined) {
    throw invalid(`actions are some of ${known.join(', ')}, not ${unknown}`);
  }
}

/** Turned round, so that NaN is refused too. */
function requirePositive(name: string, value: number, least = 0): void {
  if (!(value > 0 && value >= least && value < Number.POSITIVE_INFINITY)) {
    throw invalid(`${name} is no limit: ${String(value)}`);
  }
}

function invalid(message: string): HubUsageError {
  return new HubUsageError('LIMIT_INVALID', message);
}
