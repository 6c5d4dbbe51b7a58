/**
 * What producers have appended, so that what is sent twice is appended once. A record for each producer and channel, and an answer for each
 * of its latest numbers.
 * In: producers and positions. Out: what became of a number. Fails: `BROKER_FULL` for one record too many.
 */
import { type Appended, BrokerError, type Producer } from '../../ports/index.ts';
import type { Link } from '../../wire/index.ts';
import { answerAgain, judgeNumber, type KeptAnswer } from '../local/numbering.ts';
import type { ChannelRecord } from './channel.ts';
import type { House } from './house.ts';
import { answerKey, entryKey, producerKey } from './keys.ts';
import type { View } from './view.ts';

export interface ProducerRecord {
  readonly name: string;
  readonly epoch: number;
  readonly last: number;
  /** Answers are kept for numbers from this on. */
  readonly firstAnswer: number;
  readonly usedMs: number;
  /** Nobody knows how far it came. */
  readonly isLost?: true;
}

interface Answer {
  readonly hash: string;
  readonly at: Link;
}

interface Asked {
  /** Undefined: there is no such channel. */
  readonly channel: ChannelRecord | undefined;
  readonly producer: Producer;
}

/** What is to be answered; or undefined: the number is the next one, and there is room for its record. */
export async function judgeProducer(
  view: View,
  house: House,
  { channel, producer }: Asked,
): Promise<Appended | undefined> {
  const found = channel === undefined ? none : await load(view, house, { channel, producer });
  if (found === lost) {
    return { outcome: 'unknown' };
  }
  const known = found === none ? undefined : found;
  const stands = judgeNumber(producer, known);
  if (channel !== undefined && known !== undefined && producer.epoch > known.epoch) {
    const { epoch, name } = producer;
    view.put(producerKey(channel.number, name), { ...known, epoch });
  }
  if (stands === 'again') {
    return answerAgain(producer, await kept(view, channel!, producer));
  }
  if (stands === 'next' && known === undefined) {
    mustHaveRoom(house, channel);
  }
  return stands === 'next' ? undefined : stands;
}

/** The number that `judgeProducer` let pass stands there. Gives the channel, which may have one producer more. */
export async function recordProducer(
  view: View,
  house: House,
  { channel, producer, at }: { channel: ChannelRecord; producer: Producer; at: Link },
): Promise<ChannelRecord> {
  const { name, epoch, seq, hash } = producer;
  const key = producerKey(channel.number, name);
  const found = await view.get<ProducerRecord>(key);
  const before = found.is === 'good' ? found.value : undefined;
  const { firstAnswer: oldest, last } = before ?? { firstAnswer: seq, last: seq - 1 };
  // What was answered before another numbering was given up.
  const keptFrom = seq === last + 1 ? seq - house.options.answersKept + 1 : seq;
  const firstAnswer = Math.max(oldest, keptFrom);
  for (let old = oldest; old < Math.min(firstAnswer, last + 1); old += 1) {
    view.remove(answerKey(channel.number, name, old));
  }
  const record: ProducerRecord = { name, epoch, last: seq, firstAnswer, usedMs: house.nowMs() };
  const answer: Answer = { hash, at };
  view.put(key, record);
  view.put(answerKey(channel.number, name, seq), answer);
  return before === undefined ? { ...channel, producers: channel.producers + 1 } : channel;
}

const none = 'none';
/** There was a record, and it cannot be read. */
const lost = 'lost';

async function load(
  view: View,
  house: House,
  { channel, producer }: { readonly channel: ChannelRecord; readonly producer: Producer },
): Promise<ProducerRecord | typeof none | typeof lost> {
  const key = producerKey(channel.number, producer.name);
  const isKnown = view.knows(key);
  const found = await view.get<ProducerRecord>(key);
  switch (found.is) {
    case 'none':
      return none;
    case 'bad':
      return lost;
    case 'good':
      if (found.value.isLost === true) {
        return lost;
      }
      return isKnown ? found.value : mend(view, house, { channel, record: found.value });
  }
}

interface Held {
  readonly channel: ChannelRecord;
  readonly record: ProducerRecord;
}

/** When entries were cut from the tail of the log, their numbers were never appended. */
async function mend(
  view: View,
  house: House,
  { channel, record }: Held,
): Promise<ProducerRecord | typeof lost> {
  let { last } = record;
  while (last >= record.firstAnswer) {
    const found = await view.get<Answer>(answerKey(channel.number, record.name, last));
    if (found.is === 'good' && (await stands(view, channel, found.value.at))) {
      break;
    }
    last -= 1;
  }
  if (last === record.last) {
    return record;
  }
  house.damaged(
    `producer ${record.name}: numbers ${last + 1} to ${record.last} are not in the log`,
  );
  if (last < record.firstAnswer && record.firstAnswer > 1) {
    // All answers are gone: it may have been cut further back than that.
    const isLost: ProducerRecord = { ...record, isLost: true };
    view.put(producerKey(channel.number, record.name), isLost);
    return lost;
  }
  const mended = { ...record, last };
  view.put(producerKey(channel.number, record.name), mended);
  for (let seq = last + 1; seq <= record.last; seq += 1) {
    view.remove(answerKey(channel.number, record.name, seq));
  }
  return mended;
}

/** Whether the log has this entry, or had it. */
async function stands(view: View, channel: ChannelRecord, at: Link): Promise<boolean> {
  if (at.offset < channel.first || at.offset > channel.top.offset) {
    return at.offset < channel.first;
  }
  const { found } = await view.entry(entryKey(channel.number, at.offset));
  // One that was damaged in the middle of the log was there.
  return found.is !== 'good' || found.value.publication.id === at.id;
}

async function kept(
  view: View,
  channel: ChannelRecord,
  { name, seq }: Producer,
): Promise<KeptAnswer | undefined> {
  const found = await view.get<Answer>(answerKey(channel.number, name, seq));
  if (found.is !== 'good') {
    return undefined;
  }
  const { hash, at } = found.value;
  return { hash, position: { epoch: channel.epoch, ...at } };
}

function mustHaveRoom({ options }: House, channel: ChannelRecord | undefined): void {
  if ((channel?.producers ?? 0) >= options.maxProducers) {
    throw new BrokerError('BROKER_FULL', 'there are too many producers', true);
  }
}
