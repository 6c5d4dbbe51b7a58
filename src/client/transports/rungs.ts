/**
 * What the attempts of a ladder have in common: its rungs, where the last attempt stood, and when those above are tried again.
 * In: transports, and what became of them. Out: where to begin. Fails: `OPTION_INVALID`, thrown; a memory that fails is none.
 */
import type { Clock } from '../../ground/clock.ts';
import { webClock } from '../clock.ts';
import { ClientError } from '../errors.ts';
import { exchange, type Fetch, httpUrl } from './http-request.ts';
import type { ClientTransport } from './transport.ts';

/** How long each way is given, and when a better one is tried again. */
export interface LadderOptions {
  /** For the probe. @default the platform's */
  readonly fetch?: Fetch;
  /** Turned by hand in tests. @default the platform's */
  readonly clock?: Clock;
  /** Time for one way to open, in milliseconds; below the client's `connectWithinMs`. @default 3_000 */
  readonly rungWithinMs?: number;
  /** How long a lower rung is kept before those above are tried, in milliseconds; twice as long after each try, until one brings something. @default 60_000 */
  readonly climbAfterMs?: number;
  /** Where the name of the way that worked is kept between visits. @default nowhere */
  readonly memory?: RungMemory;
}

/** Such as two lines around `localStorage`. What it throws is ignored. */
export interface RungMemory {
  get(): string | null | undefined;
  set(name: string): void;
}

/** The defaults of `LadderOptions`. */
export const ladderDefaults: Required<Pick<LadderOptions, 'rungWithinMs' | 'climbAfterMs'>> = {
  rungWithinMs: 3_000,
  climbAfterMs: 60_000,
};

const longestClimbMs = 900_000;

/** What attempts have in common: where the last one stood. */
export class Rungs {
  readonly transports: readonly ClientTransport[];
  readonly clock: Clock;
  readonly rungWithinMs: number;
  private climbAfterMs: number;
  private readonly firstClimbMs: number;
  /** When those above are tried next, whatever becomes of the present road. Undefined: that has yet to be said. */
  private climbAtMs: number | undefined;
  private readonly fetch: Fetch;
  private readonly memory: RungMemory | undefined;
  private now: number;
  private spokeLast = Number.POSITIVE_INFINITY;

  /** @throws {ClientError} `OPTION_INVALID` */
  constructor(transports: readonly ClientTransport[], options: LadderOptions) {
    const { rungWithinMs, climbAfterMs } = { ...ladderDefaults, ...options };
    if (transports.length === 0 || !(rungWithinMs > 0) || !(climbAfterMs > 0)) {
      throw new ClientError('OPTION_INVALID', 'a ladder has transports, and times above zero');
    }
    const { fetch = globalThis.fetch } = options;
    this.transports = transports;
    this.clock = options.clock ?? webClock;
    this.fetch = (...given) => fetch(...given);
    this.rungWithinMs = rungWithinMs;
    this.climbAfterMs = climbAfterMs;
    this.firstClimbMs = climbAfterMs;
    this.memory = options.memory;
    this.now = Math.max(
      0,
      transports.findIndex(({ name }) => name === this.remembered()),
    );
  }

  get current(): number {
    return this.now;
  }

  stand(rung: number): void {
    this.now = rung;
    if (rung === 0) {
      this.climbAtMs = undefined;
    }
    try {
      this.memory?.set(this.transports[rung]!.name);
    } catch {
      // Such as storage that is full, or forbidden.
    }
  }

  /** How long it is until those above are tried: a road that is cut before does not begin that anew. */
  untilClimbMs(): number {
    const nowMs = this.clock.nowMs();
    this.climbAtMs ??= nowMs + this.climbAfterMs;
    return Math.max(0, this.climbAtMs - nowMs);
  }

  /** Those above were tried. Whether in vain is not said before one of them brings something. */
  tried(): void {
    this.climbAtMs = undefined;
    this.climbAfterMs = Math.min(this.climbAfterMs * 2, longestClimbMs);
  }

  /** Something has come by this rung. */
  spoke(rung: number): void {
    this.stand(rung);
    if (rung < this.spokeLast) {
      this.climbAfterMs = this.firstClimbMs;
    }
    this.spokeLast = rung;
  }

  /** Whether a plain request is answered. */
  async probe(url: string): Promise<boolean> {
    const wires = { url: httpUrl(url), fetch: this.fetch, clock: this.clock };
    const asking = { method: 'GET', headers: { 'Tautline-Road': 'probe' } } as const;
    try {
      return (await exchange(wires, asking, this.rungWithinMs)).status === 204;
    } catch {
      return false;
    }
  }

  private remembered(): string | null | undefined {
    try {
      return this.memory?.get();
    } catch {
      return undefined;
    }
  }
}
