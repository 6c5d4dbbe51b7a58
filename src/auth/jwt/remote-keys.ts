/**
 * Keys that an issuer publishes, kept for a while (RFC 7517).
 * In: the `kid` of a token whose form and claims were looked at. Out: the key of that name. The only address that is ever asked is the
 * application's own, and not more often than the cooldown lets. Fails: `KEYS_UNREACHABLE` while it cannot be known which keys there are.
 */
import type { Clock } from '../../ground/clock.ts';
import { AuthError, mustBeWithin } from '../auth-error.ts';
import { type FetchKeys, fetchKeys } from './fetch-keys.ts';
import { type ImportKey, importKeys } from './import-keys.ts';
import { isAlgorithm, type JwtAlgorithm, type JwtKey, type Keys, kinds } from './keys.ts';

export type { FetchKeys };

declare const fetch: FetchKeys;

/** Where an issuer publishes its keys (RFC 7517 §5), and how they are kept. */
export interface JwksOptions {
  /** Where the keys are: by https, or by http from this machine itself. No redirect is followed. */
  readonly url: string;
  /** Which algorithms keys may have. One whose own is not among them is left out; one that names none has the only one that fits it. */
  readonly algorithms: readonly JwtAlgorithm[];
  /** Between two requests at the least, in milliseconds. Short: strangers make us ask often. Long: new keys are late. @default 30_000 */
  readonly cooldownMs?: number;
  /**
   * For how long keys count, in milliseconds; from half of it on they are asked for again. Short: a failure of the issuer is one of
   * ours. Long: so long does a key count that was taken back. @default 600_000
   */
  readonly maxAgeMs?: number;
  /** Time for one request, in milliseconds. Visitors wait as long. @default 5_000 */
  readonly withinMs?: number;
  /** Bytes of the answer; more is a failure. @default 262_144 */
  readonly maxBytes?: number;
  /** Keys in the answer; more is a failure. @default 100 */
  readonly maxKeys?: number;
  /** @default the platform's */
  readonly fetch?: FetchKeys;
}

type Limits = Required<Omit<JwksOptions, 'algorithms' | 'fetch' | 'url'>>;

/** Used where `JwksOptions` say nothing: milliseconds, bytes and keys. */
export const jwksDefaults: Limits = {
  cooldownMs: 30_000,
  maxAgeMs: 600_000,
  withinMs: 5_000,
  maxBytes: 262_144,
  maxKeys: 100,
};

export class RemoteKeys implements Keys {
  readonly algorithms: ReadonlySet<string>;
  private readonly options: JwksOptions & Limits & { readonly fetch: FetchKeys };
  private readonly importKey: ImportKey;
  private readonly clock: Clock;
  private keys: ReadonlyMap<string, JwtKey> = new Map();
  /** When those keys were asked for. */
  private ofMs = Number.NEGATIVE_INFINITY;
  private askedMs = Number.NEGATIVE_INFINITY;
  /** The request that is under way: all wait for the same. */
  private running: Promise<void> | undefined;
  private failure: unknown;

  /** @throws {AuthError} `OPTION_INVALID` */
  constructor(options: JwksOptions, importKey: ImportKey, clock: Clock) {
    const limits = Object.keys(jwksDefaults) as (keyof Limits)[];
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    this.options = {
      fetch: (url, init) => fetch(url, init),
      ...jwksDefaults,
      ...(Object.fromEntries(given) as unknown as JwksOptions),
    };
    for (const name of limits) {
      mustBeWithin(`jwks.${name}`, this.options[name], { least: 1 });
    }
    mustBeSafe(this.options);
    this.algorithms = new Set(options.algorithms);
    this.importKey = importKey;
    this.clock = clock;
  }

  async find(kid: string | undefined): Promise<JwtKey | undefined> {
    if (kid === undefined) {
      return undefined;
    }
    const { maxAgeMs } = this.options;
    const found = this.isFresh(maxAgeMs) ? this.keys.get(kid) : undefined;
    if (found !== undefined) {
      if (!this.isFresh(maxAgeMs / 2)) {
        void this.refresh();
      }
      return found;
    }
    await this.refresh();
    const key = this.isFresh(maxAgeMs) ? this.keys.get(kid) : undefined;
    if (key === undefined && this.failure !== undefined) {
      throw new AuthError('KEYS_UNREACHABLE', `no keys from ${this.options.url}`, {
        cause: this.failure,
      });
    }
    return key;
  }

  private isFresh(forMs: number): boolean {
    return this.clock.nowMs() - this.ofMs < forMs;
  }

  /** Never rejects: what failed is kept. */
  private refresh(): Promise<void> {
    const nowMs = this.clock.nowMs();
    if (this.running === undefined && nowMs - this.askedMs >= this.options.cooldownMs) {
      this.askedMs = nowMs;
      this.running = this.load(nowMs).then(
        () => this.settle(undefined),
        (error: unknown) => this.settle(error ?? new Error('unknown')),
      );
    }
    return this.running ?? Promise.resolve();
  }

  private async load(nowMs: number): Promise<void> {
    const { algorithms, maxKeys } = this.options;
    const jwks = await fetchKeys({ ...this.options, clock: this.clock });
    if (jwks.length > maxKeys) {
      throw new RangeError(`more than ${maxKeys} keys`);
    }
    this.keys = await importKeys(jwks, algorithms, this.importKey);
    this.ofMs = nowMs;
  }

  private settle(failure: unknown): void {
    this.failure = failure;
    this.running = undefined;
  }
}

function mustBeSafe({ url, algorithms }: JwksOptions): void {
  const { protocol, hostname } = parse(url);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isHere)) {
    throw new AuthError('OPTION_INVALID', 'jwks.url must begin with https:');
  }
  // A secret that an issuer publishes is none.
  if (algorithms.length === 0 || !algorithms.every((alg) => isAlgorithm(alg) && isPublic(alg))) {
    throw new AuthError('OPTION_INVALID', 'jwks.algorithms: name some with public keys');
  }
}

function isPublic(alg: JwtAlgorithm): boolean {
  return kinds[alg].bytes === undefined;
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new AuthError('OPTION_INVALID', 'jwks.url is no URL', { cause });
  }
}
