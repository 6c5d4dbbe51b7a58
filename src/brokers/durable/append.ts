/**
 * One append, as a step of the ledger: look at the producer's record and at what is expected, link to the tail, store, trim. All that it writes
 * goes into one batch.
 * In: a view, and what is to be appended. Out: what became of it; the entry to be announced. Fails: `BROKER_FULL`; as the store does.
 */
import type { Appended, Producer, Retain } from '../../ports/index.ts';
import { at, type Link, type Publication, sameEntry } from '../../wire/index.ts';
import { beginChannel, type ChannelRecord, loadChannel } from './channel.ts';
import type { House } from './house.ts';
import { channelKey, entryKey } from './keys.ts';
import { judgeProducer, recordProducer } from './producers.ts';
import { type Draft, publicationOf } from './records.ts';
import { trimEntries } from './retention.ts';
import { linkOf, mustHaveRoomForKey, type State, setValue, stateOf } from './values.ts';
import type { View } from './view.ts';

export interface AppendRequest {
  readonly name: string;
  readonly draft: Draft;
  readonly producer: Producer | undefined;
  readonly expect: Link | undefined;
  readonly retain: Retain | undefined;
  /** The epoch that was shown to those who follow the channel already, should it begin now. */
  readonly epoch: string | undefined;
}

export interface AppendResult {
  readonly answer: Appended;
  /** What was stored now. */
  readonly entry: { readonly epoch: string; readonly publication: Publication } | undefined;
}

export async function appendStep(
  view: View,
  house: House,
  request: AppendRequest,
): Promise<AppendResult> {
  const { name, producer } = request;
  const found = await loadChannel(view, house, name);
  if (producer !== undefined) {
    const answer = await judgeProducer(view, house, { channel: found, producer });
    if (answer !== undefined) {
      return { answer, entry: undefined };
    }
  }
  const before = await expected(view, house, { request, channel: found });
  if ('answer' in before) {
    return { answer: before.answer, entry: undefined };
  }
  const channel = found ?? (await beginChannel(view, house, request));
  const publication = await store(view, house, { request, channel, before: before.state });
  return {
    answer: {
      outcome: 'appended',
      position: at(channel.epoch, publication),
      duplicate: false,
    },
    entry: { epoch: channel.epoch, publication },
  };
}

/** Where the key stands; or the answer, when that is not where it is expected. */
async function expected(
  view: View,
  house: House,
  { request, channel }: { request: AppendRequest; channel: ChannelRecord | undefined },
): Promise<{ readonly state: State | undefined } | { readonly answer: Appended }> {
  const { key, removed } = request.draft.rest;
  if (key === undefined) {
    return { state: undefined };
  }
  const state = channel === undefined ? undefined : await stateOf(view, channel.number, key);
  const link = linkOf(state);
  if (request.expect !== undefined && !sameEntry(link, request.expect)) {
    return { answer: { outcome: 'conflict', at: link } };
  }
  if (removed !== true && link.offset === 0) {
    mustHaveRoomForKey(house, channel?.keys ?? 0);
  }
  return { state };
}

interface Storing {
  readonly request: AppendRequest;
  readonly channel: ChannelRecord;
  readonly before: State | undefined;
}

async function store(
  view: View,
  house: House,
  { request, channel: found, before }: Storing,
): Promise<Publication> {
  const { draft, name, producer, retain } = request;
  const storedMs = house.nowMs();
  const publication = publicationOf(draft, found.top.offset + 1, found.top);
  const { offset, id } = publication;
  const entry = { publication, storedMs };
  const bytes = view.putEntry(entryKey(found.number, offset), entry);
  let channel: ChannelRecord = {
    ...found,
    top: { offset, id },
    bytes: found.bytes + bytes,
    usedMs: storedMs,
    retain,
  };
  if (publication.key !== undefined) {
    channel = await setValue(view, house, { channel, entry, before });
  }
  if (producer !== undefined) {
    channel = await recordProducer(view, house, { channel, producer, at: { offset, id } });
  }
  view.put(channelKey(name), await trimEntries(view, house, channel));
  return publication;
}
