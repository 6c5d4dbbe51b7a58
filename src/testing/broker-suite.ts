/**
 * What every broker must do, one case for each promise of `ports/broker`.
 * In: how to make a broker that is not started and whose channels are all empty; 64 entries of 2 KiB in all are kept by it.
 * Out: nothing. Fails: an Error that says what was expected; a delivery that never comes is left to the runner's time limit.
 */
import { type Broker, BrokerError } from '../ports/index.ts';
import { BrokerWatch, mustBeChain, publicationsOf } from './broker-watch.ts';
import { mustBe, mustEqual, mustReject } from './expect.ts';

export interface BrokerCase {
  /** A sentence that could be false. */
  readonly name: string;
  run(make: () => Promise<Broker>): Promise<void>;
}

type Work = (watch: BrokerWatch) => Promise<void>;

const promises: Readonly<Record<string, Work>> = {
  'a channel that holds nothing has an epoch and its top at the beginning': async (watch) => {
    const { broker } = watch;
    const page = await broker.read('empty', 0, 10);
    mustBe(isEpoch(page.epoch), 'an epoch of 1 to 64 characters, without a colon');
    mustEqual(page.top, { offset: 0, id: '' }, 'top');
    mustEqual(page.publications, [], 'publications');
    mustEqual(await broker.latest('empty', 10), page, 'latest');
    const position = await broker.publish('empty', watch.next());
    mustEqual(position.epoch, page.epoch, 'the epoch of the first entry');
  },

  'publish resolves with the place of the entry, and offsets grow': async (watch) => {
    const positions = await watch.publish('places', 5);
    const { epoch, top, publications } = await watch.broker.read('places', 0, 10);
    const places = publications.map(({ offset, id }) => ({ epoch, offset, id }));
    mustEqual(places, positions, 'the places in the log');
    mustBeChain(publications, 'the log');
    mustEqual({ epoch, ...top }, positions.at(-1), 'the top');
  },

  'an entry is kept as it was given': async (watch) => {
    const { broker } = watch;
    await broker.subscribe('kept');
    const given = [...values.map((data) => watch.next(data)), { ...watch.next(), by: 'Zoë' }];
    for (const entry of given) {
      await broker.publish('kept', entry);
    }
    await watch.reached('kept', given.length);
    const { publications } = await broker.read('kept', 0, given.length);
    mustEqual(publications.map(withoutPlace), given, 'what is read');
    mustEqual(publicationsOf(watch.delivered('kept')), publications, 'what is delivered');
  },

  'what a publisher does to its object later does not change the log': async (watch) => {
    const data = { price: 1 };
    await watch.broker.publish('copied', watch.next(data));
    data.price = 2;
    const { publications } = await watch.broker.read('copied', 0, 10);
    mustEqual(publications[0]?.data, { price: 1 }, 'the data');
  },

  'read begins with the entry at the offset itself': async (watch) => {
    const places = await watch.publish('inclusive', 5);
    const { publications } = await watch.broker.read('inclusive', places[2]!.offset, 10);
    mustEqual(publications.map(idOf), places.slice(2).map(idOf), 'from the third on');
    const one = await watch.broker.read('inclusive', places[4]!.offset, 10);
    mustEqual(one.publications.map(idOf), [places[4]!.id], 'from the last on');
  },

  'read gives no more than its limit, from the front': async (watch) => {
    const places = await watch.publish('limited', 5);
    const page = await watch.broker.read('limited', places[1]!.offset, 2);
    mustEqual(page.publications.map(idOf), places.slice(1, 3).map(idOf), 'two entries');
    mustEqual(page.top.id, places[4]!.id, 'the top is that of the log, not of the page');
  },

  'read beyond the end gives nothing but the top': async (watch) => {
    const places = await watch.publish('beyond', 2);
    const page = await watch.broker.read('beyond', places[1]!.offset + 1, 10);
    mustEqual(page.publications, [], 'publications');
    mustEqual(page.top.id, places[1]!.id, 'the top');
  },

  'latest gives the last entries in the order of the log': async (watch) => {
    const places = await watch.publish('latest', 5);
    const page = await watch.broker.latest('latest', 2);
    mustEqual(page.publications.map(idOf), places.slice(3).map(idOf), 'two of five');
    const all = await watch.broker.latest('latest', 9);
    mustEqual(all.publications.map(idOf), places.map(idOf), 'nine of five');
  },

  'concurrent publishes are delivered once each, in the order of the log': async (watch) => {
    const { broker } = watch;
    await broker.subscribe('busy');
    const entries = Array.from({ length: 64 }, (_, i) => watch.next('x'.repeat(32 * i)));
    const places = await Promise.all(entries.map((entry) => broker.publish('busy', entry)));
    await watch.reached('busy', 64);
    const last = await broker.publish('busy', watch.next());
    await watch.reached('busy', 65);
    const delivered = publicationsOf(watch.delivered('busy'));
    mustEqual(delivered.length, 65, 'deliveries');
    mustEqual(delivered.at(-1)?.id, last.id, 'the last delivery');
    mustBeChain(delivered, 'what was delivered');
    const inOrder = [...places].sort((one, other) => one.offset - other.offset);
    mustEqual(delivered.slice(0, 64).map(idOf), inOrder.map(idOf), 'the order of the places');
    mustEqual(
      new Set(watch.delivered('busy').map(({ epoch }) => epoch)).size,
      1,
      'epochs among the deliveries',
    );
  },

  'everything that is published after subscribe has resolved is delivered': async (watch) => {
    const { broker } = watch;
    for (let round = 0; round < 8; round += 1) {
      const channel = `barrier-${round}`;
      await watch.publish(channel, 1);
      await broker.subscribe(channel);
      const place = await broker.publish(channel, watch.next());
      await watch.reached(channel, 1);
      const delivered = publicationsOf(watch.delivered(channel));
      mustEqual(delivered.map(idOf), [place.id], 'what came on a channel that was subscribed to');
    }
  },

  'nothing is delivered on a channel that is not subscribed to': async (watch) => {
    const { broker } = watch;
    await broker.subscribe('left');
    await broker.subscribe('marker');
    await watch.publish('left', 1);
    await watch.reached('left', 1);
    await broker.unsubscribe('left');
    await watch.publish('left', 2);
    await watch.publish('never', 2);
    await watch.publish('marker', 1);
    await watch.reached('marker', 1);
    mustEqual(watch.delivered('left').length, 1, 'deliveries on the channel that was left');
    mustEqual(watch.delivered('never').length, 0, 'deliveries on the other');
    await broker.subscribe('left');
    const place = await broker.publish('left', watch.next());
    await watch.reached('left', 2);
    const came = publicationsOf(watch.delivered('left'));
    mustEqual(came.at(-1)?.id, place.id, 'what came after subscribing again');
    mustEqual(came.length, 2, 'deliveries after subscribing again');
  },

  'to subscribe twice is to subscribe once': async (watch) => {
    const { broker } = watch;
    await broker.subscribe('twice');
    await broker.subscribe('twice');
    await watch.publish('twice', 2);
    await watch.reached('twice', 2);
    mustBeChain(publicationsOf(watch.delivered('twice')), 'what was delivered');
    await broker.unsubscribe('twice');
    await broker.unsubscribe('twice');
  },

  'channels whose names are alike are different channels': async (watch) => {
    const { broker } = watch;
    await Promise.all(alike.map((channel) => broker.subscribe(channel)));
    const appends = alike.flatMap((channel) => [
      broker.publish(channel, watch.next(channel)),
      broker.publish(channel, watch.next(channel)),
    ]);
    await Promise.all(appends);
    for (const channel of alike) {
      await watch.reached(channel, 2);
      const { publications } = await broker.read(channel, 0, 100);
      const wanted = [channel, channel];
      mustEqual(publications.map(dataOf), wanted, `the log of ${channel}`);
      mustBeChain(publications, `the log of ${channel}`);
      const delivered = publicationsOf(watch.delivered(channel));
      mustEqual(delivered.map(dataOf), wanted, `the deliveries on ${channel}`);
    }
  },

  'after stop every call rejects with BROKER_STOPPED, and stop itself does not': async (watch) => {
    const { broker } = watch;
    await broker.subscribe('stopped');
    await watch.publish('stopped', 1);
    await broker.stop();
    const calls: Readonly<Record<string, () => Promise<unknown>>> = {
      subscribe: () => broker.subscribe('stopped'),
      unsubscribe: () => broker.unsubscribe('stopped'),
      publish: () => broker.publish('stopped', watch.next()),
      read: () => broker.read('stopped', 0, 1),
      latest: () => broker.latest('stopped', 1),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await mustReject(call(), name);
      mustBe(error instanceof BrokerError, `${name} rejects with a BrokerError`);
      mustEqual((error as BrokerError).code, 'BROKER_STOPPED', name);
    }
    mustEqual(watch.delivered('stopped').length, 1, 'deliveries');
    await broker.stop();
  },
};

/** Run each by its name, with a time limit: a delivery that never comes is waited for without end. */
export const brokerCases: readonly BrokerCase[] = Object.entries(promises).map(([name, work]) => ({
  name,
  run: (make) => BrokerWatch.over(make, work),
}));

/** Values that a careless encoding loses. */
const values: readonly unknown[] = [
  null,
  false,
  0,
  -1.5,
  9_007_199_254_740_991,
  '',
  'line\r\nend\0, \u2028, 日本語, 😀, \\ and "',
  [],
  {},
  [[1, [2]], { a: { b: [null] } }],
  JSON.parse('{"__proto__":{"admin":true},"constructor":1}'),
];

/** The two longest names differ at their very end. */
const alike: readonly string[] = [
  'news',
  'News',
  'news:1',
  'news/1',
  'news.1',
  'news..1',
  'news-1',
  'news_1',
  '..',
  '__proto__',
  'constructor',
  'é',
  'e',
  `${'n'.repeat(199)}1`,
  `${'n'.repeat(199)}2`,
];

function isEpoch(epoch: string): boolean {
  return epoch !== '' && epoch.length <= 64 && !epoch.includes(':');
}

function withoutPlace(publication: object): object {
  const { offset: _, prev: __, ...rest } = publication as Record<string, unknown>;
  return rest;
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function dataOf({ data }: { readonly data: unknown }): unknown {
  return data;
}
