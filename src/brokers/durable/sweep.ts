/**
 * Taking away what is too old: claims that have ended, entries past their age, producers and channels that rest, and what is left of channels that
 * were forgotten. Each step is small, so that appends go in between.
 * In: a ledger. Out: steps of it. Fails: as the store does; the next sweep begins anew.
 */
import { type ChannelRecord, forgetChannel, loadChannel } from './channel.ts';
import { sweepClaim } from './claims.ts';
import { after } from './counts.ts';
import type { House } from './house.ts';
import {
  answerKey,
  channelKey,
  kindRange,
  kindsOfChannel,
  numberIn,
  numberKey,
  numberRange,
} from './keys.ts';
import type { Ledger } from './ledger.ts';
import type { ProducerRecord } from './producers.ts';
import { openRecord } from './records.ts';
import { trimEntries } from './retention.ts';
import type { View } from './view.ts';

/** Keys that one step looks at, or takes away. */
const pageSize = 100;

export interface Sweep {
  readonly house: House;
  readonly ledger: Ledger;
  readonly isFollowed: (channel: string) => boolean;
  readonly isStopped: () => boolean;
}

export async function sweepAll(sweep: Sweep): Promise<void> {
  const { house, ledger } = sweep;
  for await (const page of pagesOf(sweep, 'l')) {
    await ledger.commit({
      run: async (view) => {
        for (const [place] of page) {
          await sweepClaim(view, house, place);
        }
      },
    });
  }
  for await (const page of pagesOf(sweep, 'p')) {
    await ledger.commit({ run: (view) => sweepProducers(view, house, page) });
  }
  for await (const page of pagesOf(sweep, 'n')) {
    for (const [key, sealed] of page) {
      const found = openRecord<{ readonly name: string }>(key, sealed);
      if (found.is === 'good') {
        await sweepNumber(sweep, { number: numberIn(key), name: found.value.name });
      }
    }
  }
}

async function* pagesOf(
  { house, isStopped }: Sweep,
  kind: string,
): AsyncGenerator<[string, Uint8Array][]> {
  const { lt } = kindRange(kind);
  let { gte } = kindRange(kind);
  while (!isStopped()) {
    const page = await house.range({ gte, lt, limit: pageSize });
    yield page;
    if (page.length < pageSize) {
      return;
    }
    gte = after(page.at(-1)![0]);
  }
}

async function sweepProducers(
  view: View,
  house: House,
  page: readonly [string, Uint8Array][],
): Promise<void> {
  for (const [key] of page) {
    const found = await view.get<ProducerRecord>(key);
    const restsSinceMs = house.nowMs() - house.options.producerMs;
    if (found.is !== 'good' || found.value.usedMs >= restsSinceMs) {
      continue;
    }
    const number = numberIn(key);
    const { name, firstAnswer, last } = found.value;
    view.remove(key);
    for (let seq = firstAnswer; seq <= last; seq += 1) {
      view.remove(answerKey(number, name, seq));
    }
    await oneProducerLess(view, house, number);
  }
}

async function oneProducerLess(view: View, house: House, number: number): Promise<void> {
  const found = await view.get<{ readonly name: string }>(numberKey(number));
  if (found.is !== 'good') {
    return;
  }
  const { name } = found.value;
  const channel = await loadChannel(view, house, name);
  if (channel?.number === number) {
    view.put(channelKey(name), { ...channel, producers: Math.max(0, channel.producers - 1) });
  }
}

interface Numbered {
  readonly number: number;
  readonly name: string;
}

async function sweepNumber(sweep: Sweep, numbered: Numbered): Promise<void> {
  let isDone = false;
  while (!isDone && !sweep.isStopped()) {
    const isAlive = await sweep.ledger.commit({ run: (view) => isPresent(view, sweep, numbered) });
    isDone = isAlive ? await trimStep(sweep, numbered) : await removeRest(sweep, numbered);
  }
}

/** Whether the number is that of the channel's present life; a channel that has rested for long enough ends here. */
async function isPresent(view: View, sweep: Sweep, { number, name }: Numbered): Promise<boolean> {
  const channel = await loadChannel(view, sweep.house, name);
  if (channel?.number !== number) {
    return false;
  }
  if (!mayBeForgotten(sweep, name, channel)) {
    return true;
  }
  await forgetChannel(view, sweep.house, name);
  return false;
}

function mayBeForgotten(
  { house, isFollowed }: Sweep,
  name: string,
  { keys, usedMs }: ChannelRecord,
): boolean {
  return keys === 0 && usedMs < house.nowMs() - house.options.forgetAfterMs && !isFollowed(name);
}

/** True: nothing was to be trimmed. */
async function trimStep({ house, ledger }: Sweep, { name }: Numbered): Promise<boolean> {
  return ledger.commit({
    run: async (view) => {
      const channel = await loadChannel(view, house, name);
      if (channel === undefined) {
        return true;
      }
      const trimmed = await trimEntries(view, house, channel);
      if (trimmed.first === channel.first) {
        return true;
      }
      view.put(channelKey(name), trimmed);
      return false;
    },
  });
}

/** True: nothing is left of the number. */
async function removeRest({ house, ledger }: Sweep, { number }: Numbered): Promise<boolean> {
  for (const kind of kindsOfChannel) {
    const page = await house.range({ ...numberRange(kind, number), limit: pageSize });
    if (page.length > 0) {
      await ledger.commit({
        run: async (view) => {
          for (const [key] of page) {
            view.remove(key);
          }
        },
      });
      return false;
    }
  }
  await ledger.commit({ run: async (view) => view.remove(numberKey(number)) });
  return true;
}
