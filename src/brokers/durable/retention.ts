/**
 * What leaves a channel's log: the oldest entries, when there are too many, when they take too much, or when they are too old.
 * In: a view and a channel. Out: its record. Fails: as the store does.
 */
import type { ChannelRecord } from './channel.ts';
import type { House } from './house.ts';
import { entryKey } from './keys.ts';
import type { View } from './view.ts';

/** Entries that one step takes away at the most: what is left goes with the next. */
export const maxTrimmed = 100;

/** By size the newest entry stays: a log that forgot what it was just told would be of no use. By age it may go too. */
export async function trimEntries(
  view: View,
  house: House,
  channel: ChannelRecord,
): Promise<ChannelRecord> {
  const { options } = house;
  const { entries: asked = options.maxEntries, ageMs = options.maxAgeMs } = channel.retain ?? {};
  const mostEntries = Math.min(asked, options.maxEntries);
  const tooOldMs = house.nowMs() - Math.min(ageMs, options.maxAgeMs);
  let { first, bytes, oldestMs } = channel;
  for (let trimmed = 0; trimmed < maxTrimmed && first <= channel.top.offset; trimmed += 1) {
    const entries = channel.top.offset - first + 1;
    const isTooMuch = entries > 1 && (entries > mostEntries || bytes > options.maxBytes);
    if (!isTooMuch && oldestMs >= tooOldMs) {
      break;
    }
    const key = entryKey(channel.number, first);
    const oldest = await view.entry(key);
    // One that cannot be read is as old as the one before it.
    oldestMs = oldest.found.is === 'good' ? oldest.found.value.storedMs : oldestMs;
    if (!isTooMuch && oldestMs >= tooOldMs) {
      break;
    }
    view.remove(key);
    bytes -= oldest.bytes;
    first += 1;
  }
  if (first > channel.top.offset) {
    bytes = 0;
  }
  return { ...channel, first, bytes, oldestMs };
}
