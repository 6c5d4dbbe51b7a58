/**
 * The search: inputs that reach something new are kept and changed again (as in AFL, Zalewski 2013).
 * In: a target, its counters, a seed, inputs to begin with. Out: a corpus that grows. Fails: with the input that broke a promise.
 * Nothing depends on the time: the same seed makes the same inputs.
 */
import { mutate, splice } from './mutate.ts';
import { Random } from './random.ts';
import { Finding, type Target } from './targets/target.ts';

export interface CampaignOptions {
  readonly target: Target;
  /** The target's counters. They are cleared here. */
  readonly counters: Uint32Array;
  readonly seed: number;
  readonly corpus: readonly Uint8Array[];
}

/** A broken promise, and the input that breaks it. */
export interface Failure {
  readonly input: Uint8Array;
  readonly error: unknown;
}

/** Most inputs that are kept; beyond that a new one takes the place of an old one. */
const mostKept = 4000;
const nothing: Uint8Array = new Uint8Array(0);

export class Campaign {
  /** Inputs of which each reached something that none before it did. */
  readonly corpus: Uint8Array[] = [];
  runs = 0;

  private readonly target: Target;
  private readonly counters: Uint32Array;
  private readonly random: Random;
  private readonly waiting: Uint8Array[];
  /** For each counter a bit per magnitude in which it was seen: once, twice, 3, 4 to 7, and so on. */
  private readonly seen: Uint8Array;
  private hasNew = false;

  constructor({ target, counters, seed, corpus }: CampaignOptions) {
    this.target = target;
    this.counters = counters;
    this.random = new Random(seed);
    this.waiting = [nothing, ...corpus].reverse();
    this.seen = new Uint8Array(counters.length);
    // Loading the modules was counted too.
    counters.fill(0);
  }

  /** Counters that were reached at all. */
  get edges(): number {
    return this.seen.reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0);
  }

  /** Runs one input, the corpus first. Gives the failure if a promise was broken. */
  step(): Failure | undefined {
    const input = this.waiting.pop() ?? this.invent();
    const failure = this.run(input);
    if (failure === undefined && this.hasNew) {
      this.keep(input);
    }
    return failure;
  }

  /** The smallest input found within `tries` runs that breaks the same promise. */
  shrink(failure: Failure, tries: number): Failure {
    let least = failure;
    for (let left = tries; left > 0; left -= 1) {
      const input = this.without(least.input);
      const again = this.run(input);
      const isSame = again !== undefined && promiseOf(again.error) === promiseOf(failure.error);
      least = isSame && input.length < least.input.length ? again : least;
    }
    return least;
  }

  private run(input: Uint8Array): Failure | undefined {
    this.runs += 1;
    try {
      this.target.run(input);
    } catch (error) {
      this.counters.fill(0);
      return { input, error };
    }
    const { stepsAtLeast, stepsPerByte } = this.target;
    const most = stepsAtLeast + stepsPerByte * input.length;
    const steps = this.readCounters();
    return steps > most
      ? { input, error: new Finding(`the work is linear\n${steps} steps, ${most} at most`) }
      : undefined;
  }

  /**
   * Looks whether the last run reached a counter, or a magnitude of one, that no run before it had reached; clears the counters,
   * and gives their sum.
   */
  private readCounters(): number {
    const { counters, seen } = this;
    let steps = 0;
    this.hasNew = false;
    for (let i = 0; i < counters.length; i += 1) {
      const count = counters[i]!;
      if (count !== 0) {
        counters[i] = 0;
        steps += count;
        const bit = 1 << magnitude(count);
        if ((seen[i]! & bit) === 0) {
          seen[i]! |= bit;
          this.hasNew = true;
        }
      }
    }
    return steps;
  }

  private keep(input: Uint8Array): void {
    if (this.corpus.length < mostKept) {
      this.corpus.push(input);
    } else {
      this.corpus[this.random.below(mostKept)] = input;
    }
  }

  /**
   * Half of the time one of the newest, behind which lies what nobody has seen; else the shorter of any two, since what takes
   * less time can be tried more often.
   */
  private choose(): Uint8Array {
    const { corpus, random } = this;
    const { length } = corpus;
    if (length === 0) {
      return nothing;
    }
    if (random.once(2)) {
      return corpus[length - 1 - random.small(0, Math.min(31, length - 1))]!;
    }
    const [one, other] = [random.pick(corpus), random.pick(corpus)];
    return one.length < other.length ? one : other;
  }

  private invent(): Uint8Array {
    const { random, target } = this;
    const input = this.choose();
    if (target.reshape !== undefined && random.once(2)) {
      return target.reshape(input, random).slice(0, target.maxBytes);
    }
    return mutate(input, this.choose(), random, target);
  }

  private without(input: Uint8Array): Uint8Array {
    const at = this.random.below(input.length + 1);
    return splice(input, at, this.random.small(0, input.length - at), nothing);
  }
}

/** 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more. */
function magnitude(count: number): number {
  if (count <= 3) return count - 1;
  if (count < 32) return 32 - Math.clz32(count);
  return count < 128 ? 6 : 7;
}

/** The first line of what a finding says is the promise; the rest is what was seen. */
export function promiseOf(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return message.split('\n')[0]!;
}
