/**
 * What a log keeps, and how it is read.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import { mustBeChain, publicationsOf } from '../broker-watch.ts';
import { mustBe, mustEqual } from '../expect.ts';
import type { Promises } from './case.ts';
import { byteValues, idOf, jsonValues, withoutPlace } from './given.ts';

export const readingPromises: Promises = {
  'a channel that holds nothing has an epoch and its top at the beginning': async ({ one }) => {
    const page = await one.log.read('empty', 0, 10);
    mustBe(isEpoch(page.epoch), 'an epoch of 1 to 64 characters, without a colon');
    mustEqual(page.top, { offset: 0, id: '' }, 'top');
    mustEqual(page.publications, [], 'publications');
    mustEqual(await one.log.latest('empty', 10), page, 'latest');
    const state = { ...page, more: false, forgotten: 0 };
    mustEqual(await one.log.values('empty', 0, 10), state, 'values');
    const position = await one.append('empty');
    mustEqual(position.epoch, page.epoch, 'the epoch of the first entry');
  },

  'append resolves with the place of the entry, and offsets grow': async ({ one, other }) => {
    const positions = await one.appendMany('places', 5);
    for (const { log } of [one, other]) {
      const { epoch, top, publications } = await log.read('places', 0, 10);
      const places = publications.map(({ offset, id }) => ({ epoch, offset, id }));
      mustEqual(places, positions, 'the places in the log');
      mustBeChain(publications, 'the log');
      mustEqual({ epoch, ...top }, positions.at(-1), 'the top');
    }
  },

  'an entry is kept as it was given': async ({ one, other }) => {
    await other.log.follow('kept');
    const given = [
      ...[...jsonValues, ...byteValues].map((data) => one.next(data)),
      one.next(1, { by: 'Zoë', event: 'price', key: 'ACME é' }),
      one.next(null, { key: 'ACME é', removed: true }),
      one.next(1, { key: '__proto__' }),
    ];
    for (const entry of given) {
      await one.append('kept', entry);
    }
    await other.reached('kept', given.length);
    const { publications } = await one.log.read('kept', 0, given.length);
    mustEqual(publications.map(withoutPlace), given, 'what is read');
    mustEqual(publicationsOf(other.delivered('kept')), publications, 'what is delivered');
  },

  'what a publisher does to its object later does not change the log': async ({ one }) => {
    const data = { price: 1 };
    await one.append('copied', one.next(data));
    data.price = 2;
    const bytes = new Uint8Array([1]);
    await one.append('copied', one.next(bytes));
    bytes[0] = 2;
    const { publications } = await one.log.read('copied', 0, 10);
    mustEqual(publications[0]?.data, { price: 1 }, 'the data');
    mustEqual(publications[1]?.data, new Uint8Array([1]), 'the bytes');
  },

  'read begins with the entry at the offset itself': async ({ one }) => {
    const places = await one.appendMany('inclusive', 5);
    const { publications } = await one.log.read('inclusive', places[2]!.offset, 10);
    mustEqual(publications.map(idOf), places.slice(2).map(idOf), 'from the third on');
    const last = await one.log.read('inclusive', places[4]!.offset, 10);
    mustEqual(last.publications.map(idOf), [places[4]!.id], 'from the last on');
  },

  'read gives no more than its limit, from the front': async ({ one }) => {
    const places = await one.appendMany('limited', 5);
    const page = await one.log.read('limited', places[1]!.offset, 2);
    mustEqual(page.publications.map(idOf), places.slice(1, 3).map(idOf), 'two entries');
    mustEqual(page.top.id, places[4]!.id, 'the top is that of the log, not of the page');
  },

  'read beyond the end gives nothing but the top': async ({ one }) => {
    const places = await one.appendMany('beyond', 2);
    const page = await one.log.read('beyond', places[1]!.offset + 1, 10);
    mustEqual(page.publications, [], 'publications');
    mustEqual(page.top.id, places[1]!.id, 'the top');
  },

  'latest gives the last entries in the order of the log': async ({ one }) => {
    const places = await one.appendMany('latest', 5);
    const page = await one.log.latest('latest', 2);
    mustEqual(page.publications.map(idOf), places.slice(3).map(idOf), 'two of five');
    const all = await one.log.latest('latest', 9);
    mustEqual(all.publications.map(idOf), places.map(idOf), 'nine of five');
  },

  'the chain holds where the log was trimmed, and its top stays': async ({ one, engine }) => {
    const places = await one.appendMany('trimmed', engine.trimmedAfter + 1);
    const { publications, top } = await one.log.read('trimmed', 0, places.length);
    const first = publications[0]!;
    mustBe(first.id !== places[0]!.id, 'the first entry is gone');
    const before = places.find(({ offset }) => offset === first.prev.offset);
    mustEqual(first.prev.id, before?.id, 'prev of the oldest entry');
    const kept = places.slice(-publications.length);
    mustEqual(publications.map(idOf), kept.map(idOf), 'the entries after it');
    mustEqual(top.id, places.at(-1)!.id, 'the top');
  },
};

function isEpoch(epoch: string): boolean {
  return epoch !== '' && epoch.length <= 64 && !epoch.includes(':');
}
