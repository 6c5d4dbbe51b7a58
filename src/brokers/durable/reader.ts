/**
 * Reading what is committed: stretches of a channel's log and of its values. What does not check is left out: the next entry's `prev` shows the
 * hole.
 * In: a channel's record and a place. Out: entries, in the order of the log. Fails: as the store does.
 */
import type { Publication } from '../../wire/index.ts';
import type { ChannelRecord } from './channel.ts';
import { after } from './counts.ts';
import type { House } from './house.ts';
import { entryKey, valueKey } from './keys.ts';
import type { StoreRange } from './ordered-store.ts';
import { type Entry, type Found, openEntry } from './records.ts';

export interface Stretch {
  readonly publications: readonly Publication[];
  /** The entry at the top should have been there, and is not whole. */
  readonly endIsDamaged: boolean;
}

/** The entries from `fromOffset` on, that one included. */
export async function readFrom(
  house: House,
  channel: ChannelRecord,
  { fromOffset, limit }: { readonly fromOffset: number; readonly limit: number },
): Promise<Stretch> {
  const { number, top } = channel;
  const lt = entryKey(number, top.offset + 1);
  let gte = entryKey(number, Math.max(fromOffset, channel.first));
  const publications: Publication[] = [];
  while (publications.length < limit && gte < lt) {
    const wanted = limit - publications.length;
    const page = await house.range({ gte, lt, limit: wanted });
    publications.push(...whole(page));
    if (page.length < wanted) {
      break;
    }
    gte = after(page.at(-1)![0]);
  }
  const last = publications.at(-1)?.offset ?? Math.max(fromOffset, channel.first) - 1;
  return { publications, endIsDamaged: publications.length < limit && last < top.offset };
}

/** The last entries, in the order of the log. */
export async function readLatest(
  house: House,
  channel: ChannelRecord,
  limit: number,
): Promise<Stretch> {
  const { number, top } = channel;
  const gte = entryKey(number, channel.first);
  let lt = entryKey(number, top.offset + 1);
  const found: Publication[] = [];
  while (found.length < limit) {
    const wanted = limit - found.length;
    const page = await house.range({ gte, lt, limit: wanted, reverse: true });
    found.push(...whole(page));
    if (page.length < wanted) {
      break;
    }
    lt = page.at(-1)![0];
  }
  const isShort = limit > 0 && channel.first <= top.offset && found[0]?.offset !== top.offset;
  return { publications: found.reverse(), endIsDamaged: isShort };
}

/** Of each key the latest entry, of those after `afterOffset`. To be called while nothing is being written. */
export async function readValues(
  house: House,
  channel: ChannelRecord,
  { afterOffset, limit }: { readonly afterOffset: number; readonly limit: number },
): Promise<{ readonly publications: readonly Publication[]; readonly more: boolean }> {
  const { number, top } = channel;
  const lt = valueKey(number, top.offset + 1);
  let gte = valueKey(number, afterOffset + 1);
  const publications: Publication[] = [];
  while (gte < lt) {
    const page: StoreRange = { gte, lt, limit: limit - publications.length + 1 };
    const values = await house.range(page);
    for (const [key, sealed] of values) {
      const found = await valueOrEntry(house, channel, { key, sealed });
      if (found.is !== 'good') {
        continue;
      }
      if (publications.length >= limit) {
        return { publications, more: true };
      }
      publications.push(found.value.publication);
    }
    if (values.length < page.limit) {
      break;
    }
    gte = after(values.at(-1)![0]);
  }
  return { publications, more: false };
}

/** A value stands twice as long as its entry is kept: when one is damaged the other may not be. */
async function valueOrEntry(
  house: House,
  { number }: ChannelRecord,
  { key, sealed }: { readonly key: string; readonly sealed: Uint8Array },
): Promise<Found<Entry>> {
  const found = openEntry(key, sealed);
  if (found.is === 'good') {
    return found;
  }
  house.damaged(`the value at ${key} cannot be read`);
  const offset = Number.parseInt(key.slice(-14), 16);
  const place = entryKey(number, offset);
  const [entry] = await house.range({ gte: place, lt: after(place), limit: 1 });
  return openEntry(place, entry?.[1]);
}

function whole(page: readonly [string, Uint8Array][]): Publication[] {
  const publications: Publication[] = [];
  for (const [key, sealed] of page) {
    const found = openEntry(key, sealed);
    if (found.is === 'good') {
      publications.push(found.value.publication);
    }
  }
  return publications;
}
