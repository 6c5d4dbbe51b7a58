/**
 * What ends with a node, and what does not.
 * In: two nodes. Out: nothing. Fails: an Error that says what was expected.
 */
import { BrokerError } from '../../ports/index.ts';
import { mustBe, mustEqual, mustReject } from '../expect.ts';
import type { Promises } from './case.ts';

const lease = { expect: undefined, leaseMs: 60_000 };

export const stoppingPromises: Promises = {
  'after stop every call rejects with BROKER_STOPPED, and stop itself does not': async ({
    one,
  }) => {
    const { broker, log, claims, bus } = one;
    await log.follow('stopped');
    await bus.follow('stopped');
    await one.appendMany('stopped', 1);
    await one.reached('stopped', 1);
    await broker.stop();
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      follow: () => log.follow('stopped'),
      unfollow: () => log.unfollow('stopped'),
      append: () => log.append('stopped', one.next()),
      read: () => log.read('stopped', 0, 1),
      latest: () => log.latest('stopped', 1),
      values: () => log.values('stopped', 0, 1),
      tops: () => log.tops(),
      get: () => claims.get('stopped'),
      put: () => claims.put('stopped', '', lease),
      renew: () => claims.renew('stopped', '1', 60_000),
      release: () => claims.release('stopped', '1'),
      'bus.follow': () => bus.follow('stopped'),
      'bus.unfollow': () => bus.unfollow('stopped'),
      send: () => bus.send('stopped', 1),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await mustReject(call(), name);
      mustBe(error instanceof BrokerError, `${name} rejects with a BrokerError`);
      mustEqual((error as BrokerError).code, 'BROKER_STOPPED', name);
    }
    await broker.stop();
  },

  'a node that has stopped is told nothing; the others go on': async ({ one, other }) => {
    for (const { log, bus } of [one, other]) {
      await log.follow('going on');
      await bus.follow('going on');
    }
    const put = await one.claims.put('going on', 'ada', lease);
    await one.appendMany('going on', 1);
    await one.reached('going on', 1);
    await one.broker.stop();
    await other.appendMany('going on', 1);
    await other.bus.send('going on', 1);
    await other.reached('going on', 2);
    await other.hears('going on', 1);
    mustEqual(one.delivered('going on').length, 1, 'deliveries to the one that stopped');
    mustEqual(one.heard('going on').length, 0, 'messages to it');
    mustEqual((await other.log.read('going on', 0, 10)).publications.length, 2, 'the log');
    const held = await other.claims.get('going on');
    mustEqual(held?.revision, put.done && put.revision, 'its claim, as long as the lease');
  },
};

/** For engines that keep what they have while no node runs. */
export const restartPromises: Promises = {
  'a log is the same after a restart, and goes on from its top': async ({ one, restart }) => {
    const places = await one.appendMany('restarted', 5);
    const before = await one.log.read('restarted', 0, 10);
    const { one: next } = await restart();
    mustEqual(await next.log.read('restarted', 0, 10), before, 'the log');
    const place = await next.append('restarted');
    mustEqual(place.epoch, before.epoch, 'the epoch');
    const { publications } = await next.log.read('restarted', place.offset, 1);
    const { offset, id } = places.at(-1)!;
    mustEqual(publications[0]?.prev, { offset, id }, 'prev of the next entry');
  },

  'producers are known after a restart': async ({ one, restart }) => {
    const producer = { name: 'p', epoch: 3, seq: 1, hash: 'hash' };
    const first = await one.log.append('known', one.next(), { producer });
    const { other: next } = await restart();
    const again = await next.log.append('known', next.next(), { producer });
    mustEqual(again, { ...first, duplicate: true }, 'the same number');
    const fenced = { producer: { ...producer, epoch: 2, seq: 2 } };
    const refused = await next.log.append('known', next.next(), fenced);
    mustEqual(refused, { outcome: 'fenced', epoch: 3 }, 'a lower epoch');
  },

  'values and removals are there after a restart': async ({ one, restart }) => {
    for (const key of ['a', 'b', 'c']) {
      await one.append('remains', one.next(key, { key }));
    }
    await one.append('remains', one.next(null, { key: 'a', removed: true }));
    const before = await one.log.values('remains', 0, 10);
    const { one: next } = await restart();
    mustEqual(await next.log.values('remains', 0, 10), before, 'values');
  },
};
