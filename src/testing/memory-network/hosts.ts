/**
 * The hosts of a network: what the weather is at each, and which do not reach each other.
 * In: names. Out: conditions, the most particular last. Fails: `HOST_UNKNOWN` for a name that nobody has, so that no fault is set in vain;
 * `TOO_MANY_HOSTS`.
 */
import { type Conditions, NetworkError } from './options.ts';

export class Hosts {
  private readonly most: number;
  private readonly conditions = new Map<string, Conditions>();
  /** Pairs that are split, each in both orders. */
  private readonly splits = new Map<string, Set<string>>();

  constructor(most: number) {
    this.most = most;
  }

  add(host: string): void {
    if (this.conditions.has(host)) {
      return;
    }
    if (this.conditions.size >= this.most) {
      throw new NetworkError('TOO_MANY_HOSTS', `there are ${this.most} hosts already`);
    }
    this.conditions.set(host, {});
  }

  set(host: string, conditions: Conditions): void {
    this.mustKnow(host);
    this.conditions.set(host, conditions);
  }

  /** What was set for a host; nothing for one that a client made up. */
  at(host: string): Conditions {
    return this.conditions.get(host) ?? {};
  }

  /** A host on both sides still reaches itself. */
  split(some: readonly string[], others: readonly string[]): void {
    for (const host of [...some, ...others]) {
      this.mustKnow(host);
    }
    for (const one of some) {
      for (const other of others.filter((each) => each !== one)) {
        this.splitsOf(one).add(other);
        this.splitsOf(other).add(one);
      }
    }
  }

  heal(): void {
    this.splits.clear();
  }

  areSplit(one: string, other: string): boolean {
    return this.splits.get(one)?.has(other) ?? false;
  }

  mustKnow(host: string): void {
    if (!this.conditions.has(host)) {
      throw new NetworkError('HOST_UNKNOWN', `no transport and no server has the host ${host}`);
    }
  }

  private splitsOf(host: string): Set<string> {
    let splits = this.splits.get(host);
    if (splits === undefined) {
      splits = new Set();
      this.splits.set(host, splits);
    }
    return splits;
  }
}
