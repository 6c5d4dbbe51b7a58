/**
 * Keyed state: of each key its latest entry, kept beside the log, so that it outlives the trimming. Removals stay for a while, so that who was
 * away can be told of them.
 * In: a view, a channel, and entries that have a key. Out: the channel's record, and where keys stand. Fails: `BROKER_FULL` for one key too
 * many.
 */
import { BrokerError } from '../../ports/index.ts';
import type { Link } from '../../wire/index.ts';
import type { ChannelRecord } from './channel.ts';
import type { House } from './house.ts';
import { removalKey, stateKey, valueKey } from './keys.ts';
import type { Entry } from './records.ts';
import type { View } from './view.ts';

/** Where the latest entry of a key stands. */
export interface State extends Link {
  readonly removed: boolean;
}

interface Removal {
  readonly key: string;
  readonly offset: number;
}

export const nothing: Link = { offset: 0, id: '' };

/** Undefined: nothing is known of the key. */
export async function stateOf(view: View, number: number, key: string): Promise<State | undefined> {
  const place = stateKey(number, key);
  const isKnown = view.knows(place);
  const found = await view.get<State>(place);
  if (found.is !== 'good') {
    return undefined;
  }
  if (!isKnown) {
    // What it leads to may have been cut, and its place given to another.
    const { found: value } = await view.entry(valueKey(number, found.value.offset));
    const isWhole = value.is === 'good' && value.value.publication.id === found.value.id;
    if (!isWhole && value.is !== 'bad') {
      view.remove(place);
      return undefined;
    }
  }
  return found.value;
}

/** Where the value of a key stands; the beginning when it has none. */
export function linkOf(state: State | undefined): Link {
  return state === undefined || state.removed ? nothing : { offset: state.offset, id: state.id };
}

/** To be asked before `setValue`. */
export function mustHaveRoomForKey({ options }: House, keys: number): void {
  if (keys >= options.maxKeys) {
    throw new BrokerError('BROKER_FULL', 'the state of the channel is full', true);
  }
}

interface Change {
  readonly channel: ChannelRecord;
  readonly entry: Entry;
  readonly before: State | undefined;
}

/** The entry, which has a key, is the latest of it from now on. */
export async function setValue(
  view: View,
  house: House,
  { channel, entry, before }: Change,
): Promise<ChannelRecord> {
  const { number } = channel;
  const { key = '', offset, id, removed = false } = entry.publication;
  const hadValue = before !== undefined && !before.removed;
  if (before !== undefined) {
    view.remove(valueKey(number, before.offset));
  }
  view.putEntry(valueKey(number, offset), entry);
  const state: State = { offset, id, removed };
  view.put(stateKey(number, key), state);
  const keys = channel.keys - (hadValue ? 1 : 0) + (removed ? 0 : 1);
  if (!removed) {
    return { ...channel, keys };
  }
  const removal: Removal = { key, offset };
  view.put(removalKey(number, channel.nextRemoval), removal);
  return trimRemovals(view, house, { ...channel, keys, nextRemoval: channel.nextRemoval + 1 });
}

async function trimRemovals(
  view: View,
  { options }: House,
  channel: ChannelRecord,
): Promise<ChannelRecord> {
  const { number, nextRemoval } = channel;
  let { firstRemoval, forgotten } = channel;
  while (nextRemoval - firstRemoval > options.maxRemovals) {
    const place = removalKey(number, firstRemoval);
    const found = await view.get<Removal>(place);
    view.remove(place);
    firstRemoval += 1;
    if (found.is !== 'good') {
      continue;
    }
    const { key, offset } = found.value;
    const state = await stateOf(view, number, key);
    // A key that has got a value since then is not forgotten.
    if (state?.removed === true && state.offset === offset) {
      view.remove(stateKey(number, key));
      view.remove(valueKey(number, offset));
      forgotten = Math.max(forgotten, offset);
    }
  }
  return { ...channel, firstRemoval, forgotten };
}
