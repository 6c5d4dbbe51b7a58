/**
 * How much of a channel is kept, where the hub says so with its appends.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import type { Retain } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';
import type { BrokerWatch } from '../broker-watch.ts';
import { mustBe, mustEqual } from '../expect.ts';
import type { Promises } from './case.ts';
import { idOf } from './given.ts';

export const retainingPromises: Promises = {
  'so many entries are kept as the append says, and the chain shows that there were more': async ({
    one,
    other,
  }) => {
    const places = await appendMany(one, 'few', 10, { entries: 4 });
    for (const { log } of [one, other]) {
      const { publications, top } = await log.read('few', 0, 20);
      mustEqual(publications.map(idOf), places.slice(6).map(idOf), 'the latest four of ten');
      mustEqual(publications[0]!.prev.id, places[5]!.id, 'prev of the oldest entry');
      mustEqual(top.id, places[9]!.id, 'the top');
      const latest = await log.latest('few', 20);
      mustEqual(latest.publications, publications, 'the latest');
    }
  },

  'one entry is the least, and it is the newest': async ({ one }) => {
    const places = await appendMany(one, 'one', 3, { entries: 1 });
    const { publications } = await one.log.read('one', 0, 10);
    mustEqual(publications.map(idOf), [places[2]!.id], 'the newest of three');
  },

  'entries go when they are older than the append says': async ({ one, engine }) => {
    const retain = { ageMs: 60_000 };
    await appendMany(one, 'old', 3, retain);
    await engine.passMs(61_000);
    const places = await appendMany(one, 'old', 2, retain);
    const { publications } = await one.log.read('old', 0, 10);
    mustEqual(publications.map(idOf), places.map(idOf), 'those that are not a minute old');
  },

  'younger ones stay': async ({ one, engine }) => {
    const retain = { ageMs: 60_000 };
    const places = await appendMany(one, 'young', 2, retain);
    await engine.passMs(30_000);
    places.push(...(await appendMany(one, 'young', 1, retain)));
    const { publications } = await one.log.read('young', 0, 10);
    mustEqual(publications.map(idOf), places.map(idOf), 'all');
  },

  'the latest append counts: one that says nothing keeps what comes from then on': async ({
    one,
    other,
  }) => {
    const few = await appendMany(one, 'changed', 4, { entries: 2 });
    const more = await appendMany(other, 'changed', 4);
    const { publications } = await one.log.read('changed', 0, 20);
    const kept = [...few.slice(2), ...more].map(idOf);
    mustEqual(publications.map(idOf), kept, 'two, and the four that followed');
  },

  'what is more than the engine keeps brings nothing back, and loses nothing': async ({ one }) => {
    const retain = { entries: Number.MAX_SAFE_INTEGER, ageMs: Number.POSITIVE_INFINITY };
    const places = await appendMany(one, 'much', 5, retain);
    const { publications } = await one.log.read('much', 0, 10);
    mustEqual(publications.map(idOf), places.map(idOf), 'all');
  },

  'other channels keep what they kept': async ({ one }) => {
    const places = await appendMany(one, 'beside', 5);
    await appendMany(one, 'narrow', 5, { entries: 1 });
    const { publications } = await one.log.read('beside', 0, 10);
    mustEqual(publications.map(idOf), places.map(idOf), 'all');
  },

  'values stay, whatever is kept of the log': async ({ one }) => {
    const options = { retain: { entries: 1 } };
    for (const key of ['a', 'b', 'c']) {
      await one.append('kept', one.next(key, { key }), options);
    }
    const { publications } = await one.log.values('kept', 0, 10);
    mustEqual(
      publications.map(({ key }) => key),
      ['a', 'b', 'c'],
      'the keys that have a value',
    );
    const log = await one.log.read('kept', 0, 10);
    mustBe(log.publications.length === 1, 'one entry in the log');
  },
};

async function appendMany(
  one: BrokerWatch,
  channel: string,
  count: number,
  retain?: Retain,
): Promise<Position[]> {
  const positions: Position[] = [];
  for (let i = 0; i < count; i += 1) {
    const options = retain === undefined ? {} : { retain };
    positions.push(await one.append(channel, one.next(i), options));
  }
  return positions;
}
