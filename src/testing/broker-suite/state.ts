/**
 * Keyed state: of each key the latest entry, and appends that expect one.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import type { Appended } from '../../ports/index.ts';
import type { Link } from '../../wire/index.ts';
import { type BrokerWatch, positionOf } from '../broker-watch.ts';
import { mustBe, mustEqual } from '../expect.ts';
import type { Promises } from './case.ts';
import { dataOf, idOf } from './given.ts';
import { duplicateOf, produce } from './producing.ts';

const beginning: Link = { offset: 0, id: '' };

export const statePromises: Promises = {
  'of each key the latest entry is a value, in the order of the log': async ({ one, other }) => {
    await set(one, 'prices', 'a', 1);
    await set(one, 'prices', 'b', 2);
    await one.append('prices', one.next('no key'));
    await set(other, 'prices', 'a', 3);
    await set(one, 'prices', '__proto__', 4);
    for (const { log } of [one, other]) {
      const page = await log.values('prices', 0, 10);
      mustEqual(page.publications.map(dataOf), [2, 3, 4], 'values');
      mustEqual([page.more, page.forgotten], [false, 0], 'more and forgotten');
      const { epoch, top, publications } = await log.read('prices', 0, 10);
      mustEqual([page.epoch, page.top], [epoch, top], 'epoch and top');
      mustEqual(
        page.publications,
        [1, 3, 4].map((i) => publications[i]),
        'the entries themselves',
      );
    }
  },

  'a removed key is given as its removal, until it has a value again': async ({ one }) => {
    await set(one, 'removals', 'a', 1);
    await set(one, 'removals', 'b', 2);
    const removal = one.next(null, { key: 'a', removed: true });
    const place = await one.append('removals', removal);
    const page = await one.log.values('removals', 0, 10);
    mustEqual(page.publications.map(dataOf), [2, null], 'values');
    mustEqual(page.publications.at(-1)?.removed, true, 'the removal');
    const since = await one.log.values('removals', place.offset - 1, 10);
    mustEqual(since.publications.map(idOf), [removal.id], 'what changed since');
    await set(one, 'removals', 'a', 3);
    const again = await one.log.values('removals', 0, 10);
    mustEqual(again.publications.map(dataOf), [2, 3], 'values after that');
  },

  'values are given in pages, after the offset that is named': async ({ one }) => {
    const places: Link[] = [];
    for (let i = 0; i < 6; i += 1) {
      places.push(await set(one, 'pages', `key${i}`, i));
    }
    const first = await one.log.values('pages', 0, 4);
    mustEqual([first.publications.map(dataOf), first.more], [[0, 1, 2, 3], true], 'the first page');
    const rest = await one.log.values('pages', places[3]!.offset, 2);
    mustEqual([rest.publications.map(dataOf), rest.more], [[4, 5], false], 'the last page');
    const none = await one.log.values('pages', places[5]!.offset, 2);
    mustEqual([none.publications, none.more], [[], false], 'after the end');
    await set(one, 'pages', 'key1', 11);
    const changed = await one.log.values('pages', places[3]!.offset, 10);
    mustEqual(changed.publications.map(dataOf), [4, 5, 11], 'what came in between');
  },

  'values outlive the trimming of the log': async ({ one, engine }) => {
    await set(one, 'outlive', 'old', 'still here');
    await one.appendMany('outlive', engine.trimmedAfter + 1);
    await set(one, 'outlive', 'new', 'here too');
    const log = await one.log.read('outlive', 0, 1);
    mustBe(log.publications[0]?.data !== 'still here', 'the entry is gone from the log');
    const page = await one.log.values('outlive', 0, 10);
    mustEqual(page.publications.map(dataOf), ['still here', 'here too'], 'values');
  },

  'an append that expects what does not stand is refused, and told what stands': async ({
    one,
    other,
  }) => {
    const first = await set(one, 'expect', 'k', 1, beginning);
    mustEqual(await trySet(other, 'expect', 'k', beginning), conflict(first), 'a second first');
    const second = await set(other, 'expect', 'k', 2, first);
    mustEqual(await trySet(one, 'expect', 'k', first), conflict(second), 'one that is outdated');
    const fake = { offset: second.offset, id: 'other' };
    mustEqual(await trySet(one, 'expect', 'k', fake), conflict(second), 'another id');
    mustEqual(await trySet(one, 'expect', 'new', second), conflict(beginning), 'another key');
    await set(one, 'expect', 'new', 3, beginning);
    const { publications } = await one.log.read('expect', 0, 10);
    mustEqual(publications.map(dataOf), [1, 2, 3], 'the log');
  },

  'a key that was removed is expected at the beginning again': async ({ one }) => {
    const first = await set(one, 'return', 'k', 1, beginning);
    const removal = one.next(null, { key: 'k', removed: true });
    positionOf(await one.log.append('return', removal, { expect: linkOf(first) }));
    mustEqual(await trySet(one, 'return', 'k', first), conflict(beginning), 'the value before');
    const twice = one.next(null, { key: 'k', removed: true });
    const again = await one.log.append('return', twice, { expect: linkOf(first) });
    mustEqual(again, conflict(beginning), 'a second removal of the same value');
    await set(one, 'return', 'k', 2, beginning);
  },

  'of rivals that expect the same exactly one is appended': async ({ one, other }) => {
    let stands = beginning;
    for (let round = 0; round < 8; round += 1) {
      const rivals = Array.from({ length: 8 }, (_, i) =>
        trySet(i % 2 === 0 ? one : other, 'rivals', 'k', stands),
      );
      const answers = await Promise.all(rivals);
      const winners = answers.filter(({ outcome }) => outcome === 'appended');
      mustEqual(winners.length, 1, `winners of round ${round}`);
      stands = linkOf(positionOf(winners[0]!));
      const losers = answers.filter(({ outcome }) => outcome !== 'appended');
      mustEqual(
        losers,
        losers.map(() => conflict(stands)),
        'what the others are told',
      );
    }
    const { publications } = await one.log.read('rivals', 0, 100);
    mustEqual(publications.length, 8, 'entries');
  },

  'a repetition of what was expected is answered, not weighed again': async ({ one, other }) => {
    const options = { expect: beginning };
    const entry = () => one.next(1, { key: 'k' });
    const first = await produce(one, 'weighed', { seq: 1 }, entry(), options);
    const again = await produce(other, 'weighed', { seq: 1 }, entry(), options);
    mustEqual(again, duplicateOf(positionOf(first)), 'the repetition');
    const next = await produce(other, 'weighed', { seq: 2 }, entry(), options);
    mustEqual(next, conflict(positionOf(first)), 'the next number');
  },
};

/** Gives the key a value, which nothing may refuse. */
async function set(
  node: BrokerWatch,
  channel: string,
  key: string,
  data: unknown,
  expect?: Link,
): Promise<Link> {
  const options = expect === undefined ? {} : { expect: linkOf(expect) };
  return node.append(channel, node.next(data, { key }), options);
}

function trySet(node: BrokerWatch, channel: string, key: string, expect: Link): Promise<Appended> {
  return node.log.append(channel, node.next('rival', { key }), { expect: linkOf(expect) });
}

function conflict(at: Link): Appended {
  return { outcome: 'conflict', at: linkOf(at) };
}

function linkOf({ offset, id }: Link): Link {
  return { offset, id };
}
