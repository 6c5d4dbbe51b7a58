/**
 * One channel's record: found, doubted once in each life of the engine, begun, and forgotten. Its tail is checked when the record is first
 * read: entries that do not check or do not fit are cut, so that the log ends with what is true.
 * In: a view and a name. Out: the record. Fails: `BROKER_FULL` for one channel too many; as the store does.
 */
import { BrokerError, type Retain } from '../../ports/index.ts';
import type { Link } from '../../wire/index.ts';
import { after, countsOf } from './counts.ts';
import type { House } from './house.ts';
import { channelKey, countsKey, entryKey, numberKey, numberRange, valueKey } from './keys.ts';
import { openEntry } from './records.ts';
import type { View } from './view.ts';

export interface ChannelRecord {
  /** Of this life of the channel. */
  readonly number: number;
  readonly epoch: string;
  /** The last entry, known even when nothing is kept. */
  readonly top: Link;
  /** The oldest entry that is kept; one more than the top when there is none. */
  readonly first: number;
  /** What the kept entries take. */
  readonly bytes: number;
  /** No kept entry is older than this. */
  readonly oldestMs: number;
  readonly usedMs: number;
  /** Keys that have a value. */
  readonly keys: number;
  /** Removals stand at turns from `firstRemoval` to before `nextRemoval`. */
  readonly firstRemoval: number;
  readonly nextRemoval: number;
  /** Removals up to this offset may have been forgotten. */
  readonly forgotten: number;
  readonly producers: number;
  /** What the latest append said of how much is kept. */
  readonly retain?: Retain | undefined;
}

/** Entries read at once. */
const pageSize = 256;

export async function loadChannel(
  view: View,
  house: House,
  name: string,
): Promise<ChannelRecord | undefined> {
  const key = channelKey(name);
  const isKnown = view.knows(key);
  const found = await view.get<ChannelRecord>(key);
  switch (found.is) {
    case 'none':
      return undefined;
    case 'bad':
      house.damaged(`the record of channel ${name} cannot be read: it begins anew`);
      await forgetChannel(view, house, name);
      return undefined;
    case 'good':
      return isKnown ? found.value : mend(view, house, { name, record: found.value });
  }
}

interface Named {
  readonly name: string;
  readonly record: ChannelRecord;
}

/** The same record, or one whose top is the last entry that is whole. */
async function mend(view: View, house: House, { name, record }: Named): Promise<ChannelRecord> {
  const top = await lastWhole(view, house, record);
  const lost = await removeStrays(view, house, { number: record.number, top: top.offset });
  if (top.offset === record.top.offset) {
    return record;
  }
  house.damaged(`channel ${name}: entries ${top.offset + 1} to ${record.top.offset} are cut`);
  const cut = {
    ...record,
    top,
    first: Math.min(record.first, top.offset + 1),
    bytes: await bytesUpTo(house, { ...record, top }),
    // Who saw what is gone must replace all it knows.
    forgotten: lost.any ? top.offset : Math.min(record.forgotten, top.offset),
    keys: Math.max(0, record.keys - lost.keys),
  };
  view.put(channelKey(name), cut);
  return cut;
}

/** Looks from the top down; when nothing that is kept is whole, what came before the oldest is the end. */
async function lastWhole(view: View, house: House, record: ChannelRecord): Promise<Link> {
  const { first, number, top } = record;
  for (let { offset } = top; offset >= first; offset -= 1) {
    const { found } = await view.entry(entryKey(number, offset));
    const id = found.is === 'good' ? found.value.publication.id : undefined;
    if (id !== undefined && (offset < top.offset || id === top.id)) {
      return { offset, id };
    }
  }
  if (first > top.offset) {
    return top;
  }
  // The id of what was trimmed before is not known any more: nobody's position may fit here by chance.
  return { offset: first - 1, id: first === 1 ? '' : house.options.randomId() };
}

/** Takes away the values that an interrupted or damaged write left behind the end. */
async function removeStrays(
  view: View,
  house: House,
  { number, top }: { readonly number: number; readonly top: number },
): Promise<{ readonly any: boolean; readonly keys: number }> {
  let keys = 0;
  let any = false;
  for await (const [key, sealed] of pages(house, 'v', { number, from: top + 1 })) {
    const found = openEntry(key, sealed);
    any = true;
    keys += found.is === 'good' && found.value.publication.removed !== true ? 1 : 0;
    view.remove(key);
  }
  return { any, keys };
}

async function bytesUpTo(house: House, { number, first, top }: ChannelRecord): Promise<number> {
  let bytes = 0;
  for await (const [key, sealed] of pages(house, 'e', { number, from: first })) {
    bytes += key <= entryKey(number, top.offset) ? sealed.length : 0;
  }
  return bytes;
}

async function* pages(
  house: House,
  kind: 'e' | 'v',
  { number, from }: { readonly number: number; readonly from: number },
): AsyncGenerator<[string, Uint8Array]> {
  const { lt } = numberRange(kind, number);
  let gte = kind === 'e' ? entryKey(number, from) : valueKey(number, from);
  for (;;) {
    const page = await house.range({ gte, lt, limit: pageSize });
    yield* page;
    if (page.length < pageSize) {
      return;
    }
    gte = after(page.at(-1)![0]);
  }
}

/** @param epoch Of those who follow it already; otherwise the next one. */
export async function beginChannel(
  view: View,
  house: House,
  { name, epoch }: { readonly name: string; readonly epoch: string | undefined },
): Promise<ChannelRecord> {
  const counts = await countsOf(view, house);
  if (counts.channels >= house.options.maxChannels) {
    throw new BrokerError('BROKER_FULL', 'there are too many channels', true);
  }
  const number = counts.nextNumber;
  view.put(countsKey, { ...counts, channels: counts.channels + 1, nextNumber: number + 1 });
  view.put(numberKey(number), { name });
  const nowMs = house.nowMs();
  return {
    number,
    epoch: epoch ?? counts.nextEpoch,
    top: { offset: 0, id: '' },
    first: 1,
    bytes: 0,
    oldestMs: nowMs,
    usedMs: nowMs,
    keys: 0,
    firstRemoval: 1,
    nextRemoval: 1,
    forgotten: 0,
    producers: 0,
  };
}

/** What belonged to it is taken away by sweeps: its number leads nowhere from now on. */
export async function forgetChannel(view: View, house: House, name: string): Promise<void> {
  const counts = await countsOf(view, house);
  view.remove(channelKey(name));
  view.put(countsKey, {
    ...counts,
    channels: Math.max(0, counts.channels - 1),
    nextEpoch: house.options.randomId(),
  });
}
