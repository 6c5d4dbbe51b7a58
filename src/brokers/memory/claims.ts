/**
 * Claims in memory: small values that end by themselves.
 * In: keys, values and the time. Out: what is held. Fails: `BROKER_FULL` for one claim too many, a RangeError for a value or lease that
 * cannot be.
 */
import { BrokerError, type Claim, type Put, type PutOptions } from '../../ports/index.ts';

export const maxClaimValue = 16_384;

interface Held extends Claim {
  endsAtMs: number;
}

/** Every step is atomic. What has ended counts as absent, and goes when its room is needed. */
export class MemoryClaims {
  private readonly maxClaims: number;
  private readonly held = new Map<string, Held>();
  private revisions = 0;
  /** No claim ends before this: until then there is nothing to sweep. */
  private nextEndMs = Number.POSITIVE_INFINITY;

  constructor({ maxClaims }: { readonly maxClaims: number }) {
    this.maxClaims = maxClaims;
  }

  get(key: string, nowMs: number): Claim | undefined {
    const held = this.find(key, nowMs);
    return held && { value: held.value, revision: held.revision };
  }

  put(key: string, value: string, { expect, leaseMs }: PutOptions, nowMs: number): Put {
    mustBeLease(leaseMs);
    if (value.length > maxClaimValue) {
      throw new RangeError(`a claim has at most ${maxClaimValue} characters`);
    }
    const found = this.get(key, nowMs);
    if (found?.revision !== expect) {
      return { done: false, found };
    }
    if (!this.held.has(key) && this.held.size >= this.maxClaims) {
      this.sweep(nowMs);
    }
    this.revisions += 1;
    const revision = String(this.revisions);
    this.held.set(key, { value, revision, endsAtMs: this.end(nowMs + leaseMs) });
    return { done: true, revision };
  }

  renew(key: string, revision: string, leaseMs: number, nowMs: number): boolean {
    mustBeLease(leaseMs);
    const held = this.find(key, nowMs);
    if (held?.revision !== revision) {
      return false;
    }
    held.endsAtMs = this.end(nowMs + leaseMs);
    return true;
  }

  release(key: string, revision: string, nowMs: number): boolean {
    return this.find(key, nowMs)?.revision === revision && this.held.delete(key);
  }

  private find(key: string, nowMs: number): Held | undefined {
    const held = this.held.get(key);
    return held !== undefined && nowMs < held.endsAtMs ? held : undefined;
  }

  private end(endsAtMs: number): number {
    this.nextEndMs = Math.min(this.nextEndMs, endsAtMs);
    return endsAtMs;
  }

  private sweep(nowMs: number): void {
    if (nowMs >= this.nextEndMs) {
      this.nextEndMs = Number.POSITIVE_INFINITY;
      for (const [key, { endsAtMs }] of this.held) {
        if (nowMs >= endsAtMs) {
          this.held.delete(key);
        } else {
          this.end(endsAtMs);
        }
      }
    }
    if (this.held.size >= this.maxClaims) {
      throw new BrokerError('BROKER_FULL', 'there are too many claims', true);
    }
  }
}

function mustBeLease(leaseMs: number): void {
  // Turned round, so that NaN is refused too.
  if (!(leaseMs > 0)) {
    throw new RangeError('a lease is longer than 0 ms');
  }
}
