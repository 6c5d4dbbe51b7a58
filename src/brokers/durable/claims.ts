/**
 * Claims on disk: they end by the engine's clock, and last over a restart. A claim that was put for a time never lasts longer than that from
 * the start of the engine on, whatever became of the time of day.
 * In: keys, values and leases. Out: what is held. Fails: `BROKER_FULL` for one claim too many, a RangeError for a value or lease that cannot
 * be, `STORE_CORRUPT` for a claim that cannot be read; as the store does.
 */
import { BrokerError, type Claim, type Put, type PutOptions } from '../../ports/index.ts';
import { countsOf } from './counts.ts';
import { damage, type House } from './house.ts';
import { claimKey, countsKey } from './keys.ts';
import type { View } from './view.ts';

export const maxClaimValue = 16_384;

export interface ClaimRecord extends Claim {
  readonly leaseMs: number;
  readonly endsAtMs: number;
}

export async function getClaim(view: View, house: House, key: string): Promise<Claim | undefined> {
  const held = await find(view, house, key);
  return held && { value: held.value, revision: held.revision };
}

/** Throws a RangeError. */
export function mustBeClaim(value: string, leaseMs: number): void {
  if (value.length > maxClaimValue) {
    throw new RangeError(`a claim has at most ${maxClaimValue} characters`);
  }
  // Turned round, so that NaN is refused too.
  if (!(leaseMs > 0)) {
    throw new RangeError('a lease is longer than 0 ms');
  }
}

interface Putting extends PutOptions {
  readonly key: string;
  readonly value: string;
}

export async function putClaim(view: View, house: House, putting: Putting): Promise<Put> {
  const { key, value, expect, leaseMs } = putting;
  const found = await getClaim(view, house, key);
  if (found?.revision !== expect) {
    return { done: false, found };
  }
  const place = claimKey(key);
  const there = await view.get<ClaimRecord>(place);
  if (there.is === 'none') {
    await countClaim(view, house, 1);
  }
  const revision = house.options.randomId();
  view.put(place, { value, revision, leaseMs, endsAtMs: house.nowMs() + leaseMs });
  return { done: true, revision };
}

interface Renewing {
  readonly key: string;
  readonly revision: string;
  readonly leaseMs: number;
}

export async function renewClaim(
  view: View,
  house: House,
  { key, revision, leaseMs }: Renewing,
): Promise<boolean> {
  const held = await find(view, house, key);
  if (held?.revision !== revision) {
    return false;
  }
  view.put(claimKey(key), { ...held, leaseMs, endsAtMs: house.nowMs() + leaseMs });
  return true;
}

export async function releaseClaim(
  view: View,
  house: House,
  { key, revision }: { readonly key: string; readonly revision: string },
): Promise<boolean> {
  const held = await find(view, house, key);
  if (held?.revision !== revision) {
    return false;
  }
  view.remove(claimKey(key));
  await countClaim(view, house, -1);
  return true;
}

/** Takes away what has ended, or cannot be read. */
export async function sweepClaim(view: View, house: House, place: string): Promise<void> {
  const found = await view.get<ClaimRecord>(place);
  if (found.is === 'bad' || (found.is === 'good' && hasEnded(house, found.value))) {
    view.remove(place);
    await countClaim(view, house, -1);
  }
}

async function find(view: View, house: House, key: string): Promise<ClaimRecord | undefined> {
  const place = claimKey(key);
  const found = await view.get<ClaimRecord>(place);
  if (found.is === 'bad') {
    // Not "nothing is claimed": somebody may hold it. A sweep takes it away.
    throw damage(`the claim ${key} cannot be read`);
  }
  if (found.is === 'none' || hasEnded(house, found.value)) {
    return undefined;
  }
  const held = found.value;
  const latestMs = house.nowMs() + held.leaseMs;
  if (held.endsAtMs <= latestMs) {
    return held;
  }
  // The time of day went back while the engine was not running.
  const shorter = { ...held, endsAtMs: latestMs };
  view.put(place, shorter);
  return shorter;
}

function hasEnded(house: House, { endsAtMs }: ClaimRecord): boolean {
  return house.nowMs() >= endsAtMs;
}

async function countClaim(view: View, house: House, more: 1 | -1): Promise<void> {
  const counts = await countsOf(view, house);
  const claims = Math.max(0, counts.claims + more);
  if (claims > house.options.maxClaims) {
    throw new BrokerError('BROKER_FULL', 'there are too many claims', true);
  }
  view.put(countsKey, { ...counts, claims });
}
