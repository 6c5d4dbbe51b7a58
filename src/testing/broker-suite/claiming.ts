/**
 * Claims: small values that one holds, and that end by themselves.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import type { Claims, Put } from '../../ports/index.ts';
import { mustBe, mustEqual } from '../expect.ts';
import type { Promises } from './case.ts';
import { alike } from './given.ts';

/** Longer than anything here takes, unless time is made to pass. */
const longMs = 60_000;
/** As long as a step between two calls may take on a slow engine. */
const shortMs = 2_000;

export const claimingPromises: Promises = {
  'a claim is found with its value by every node': async ({ one, other }) => {
    mustEqual(await one.claims.get('found'), undefined, 'before');
    const revision = await take(one.claims, 'found', 'ada');
    const wanted = { value: 'ada', revision };
    mustEqual(await one.claims.get('found'), wanted, 'here');
    mustEqual(await other.claims.get('found'), wanted, 'there');
  },

  'a claim is replaced only by who knows its revision, which is another each time': async ({
    one,
    other,
  }) => {
    const first = await take(one.claims, 'replaced', 'ada');
    const found = { value: 'ada', revision: first };
    for (const expect of [undefined, 'no revision', `${first}0`]) {
      const put = await other.claims.put('replaced', 'bob', { expect, leaseMs: longMs });
      mustEqual(put, { done: false, found }, `put that expects ${expect}`);
    }
    const second = await take(other.claims, 'replaced', 'ada', first);
    mustBe(second !== first, 'another revision for the same value');
    const late = await one.claims.put('replaced', 'eve', { expect: first, leaseMs: longMs });
    mustEqual(late, { done: false, found: { value: 'ada', revision: second } }, 'an old revision');
    const gone = await one.claims.put('never', 'eve', { expect: first, leaseMs: longMs });
    mustEqual(gone, { done: false, found: undefined }, 'a revision of what is not claimed');
  },

  'of rivals that expect the same exactly one succeeds': async ({ one, other }) => {
    let expect: string | undefined;
    for (let round = 0; round < 8; round += 1) {
      const rivals = Array.from({ length: 8 }, (_, i) =>
        (i % 2 === 0 ? one : other).claims.put('rivals', `${i}`, { expect, leaseMs: longMs }),
      );
      const puts = await Promise.all(rivals);
      mustEqual(puts.filter(({ done }) => done).length, 1, `winners of round ${round}`);
      const winner = puts.findIndex(({ done }) => done);
      expect = revisionOf(puts[winner]!);
      const stands = { value: `${winner}`, revision: expect };
      mustEqual(await other.claims.get('rivals'), stands, 'what stands');
    }
  },

  'a claim ends with its lease, and is then as if it had never been': async ({
    one,
    other,
    engine,
  }) => {
    const first = await take(one.claims, 'ends', 'ada', undefined, shortMs);
    await take(one.claims, 'stays', 'ada');
    await engine.passMs(shortMs);
    mustEqual(await one.claims.get('ends'), undefined, 'get');
    mustEqual(await one.claims.renew('ends', first, longMs), false, 'renew');
    mustEqual(await one.claims.release('ends', first), false, 'release');
    const second = await take(other.claims, 'ends', 'bob');
    mustBe(second !== first, 'another revision after the end');
    mustEqual((await one.claims.get('stays'))?.value, 'ada', 'one with a longer lease');
  },

  'a lease that is renewed, or put again, begins anew': async ({ one, other, engine }) => {
    const renewed = await take(one.claims, 'renewed', 'ada', undefined, shortMs);
    const put = await take(one.claims, 'put again', 'ada', undefined, shortMs);
    mustEqual(await other.claims.renew('renewed', renewed, longMs), true, 'renew');
    await take(other.claims, 'put again', 'ada', put);
    await engine.passMs(shortMs);
    const stands = { value: 'ada', revision: renewed };
    mustEqual(await one.claims.get('renewed'), stands, 'the renewed claim');
    mustEqual((await one.claims.get('put again'))?.value, 'ada', 'the other');
    mustEqual(await one.claims.renew('renewed', put, longMs), false, 'by a foreign revision');
  },

  'a claim is released only by who knows its revision': async ({ one, other }) => {
    const revision = await take(one.claims, 'released', 'ada');
    mustEqual(await other.claims.release('released', `${revision}0`), false, 'another revision');
    mustEqual((await one.claims.get('released'))?.value, 'ada', 'the claim');
    mustEqual(await other.claims.release('released', revision), true, 'release');
    mustEqual(await one.claims.release('released', revision), false, 'release again');
    mustEqual(await one.claims.get('released'), undefined, 'the claim after that');
    const second = await take(other.claims, 'released', 'bob');
    mustBe(second !== revision, 'another revision');
  },

  'D15: claims whose keys are alike are different claims, and values are kept as given': async ({
    one,
    other,
  }) => {
    for (const key of alike) {
      await take(one.claims, key, `${key} "\r\n\0 é 😀`);
    }
    await take(one.claims, 'long', 'é'.repeat(16_384));
    for (const key of alike) {
      mustEqual((await other.claims.get(key))?.value, `${key} "\r\n\0 é 😀`, key);
    }
    mustEqual((await other.claims.get('long'))?.value.length, 16_384, 'the longest value');
  },
};

/** Claims what nobody else does. */
async function take(
  claims: Claims,
  key: string,
  value: string,
  expect?: string,
  leaseMs = longMs,
): Promise<string> {
  return revisionOf(await claims.put(key, value, { expect, leaseMs }));
}

function revisionOf(put: Put): string {
  mustBe(put.done, `the claim, not ${JSON.stringify(put)}`);
  return (put as Extract<Put, { done: true }>).revision;
}
