/**
 * Builds that are broken on purpose, one promise each: the test of the test. What is shipped is not touched: it is cut off from something
 * without which it cannot keep its promise.
 * In: a broker, frames, positions. Out: the same, with something wrong.
 */
import type { Kept } from '../../src/client/keeping.ts';
import type { Broker, NewPublication, Payload } from '../../src/ports/index.ts';
import type { Link, Publication } from '../../src/wire/index.ts';
import type { Doings } from './sayings.ts';

export interface Sabotage {
  /** What the hub sees of its broker. */
  readonly broker: (broker: Broker) => Broker;
  /** What of a frame from a hub reaches a client. */
  readonly frame: (payload: Payload) => Payload;
  /** What a client puts on its disk. */
  readonly record: (record: unknown) => unknown;
  /** A client that comes back has kept its position. */
  readonly keepsPosition: boolean;
  /** What people do in every universe of this build, so that it is soon found out. */
  readonly busy: readonly (keyof Doings)[];
}

export const whole: Sabotage = {
  broker: (broker) => broker,
  frame: (payload) => payload,
  record: (record) => record,
  keepsPosition: true,
  busy: [],
};

type Changed = Partial<Pick<Broker, 'log' | 'claims' | 'bus'>>;

function withBroker(change: (broker: Broker) => Changed, busy: Sabotage['busy'] = []): Sabotage {
  return {
    ...whole,
    busy,
    broker: (broker) => ({
      supports: broker.supports,
      claims: broker.claims,
      bus: broker.bus,
      log: broker.log,
      ...change(broker),
      start: (ears) => broker.start(ears),
      stop: () => broker.stop(),
    }),
  };
}

function withLog(
  change: (log: Broker['log']) => Partial<Broker['log']>,
  busy: Sabotage['busy'] = [],
): Sabotage {
  return withBroker(({ log }) => ({ log: { ...log, ...change(log) } }), busy);
}

const noTops = (log: Broker['log']): Partial<Broker['log']> => ({
  tops: async (mark) => ({ ...(await log.tops(mark)), tops: [] }),
});

export const sabotages: Readonly<Record<string, Sabotage>> = {
  'no dedupe: what is sent twice is appended twice': withLog((log) => ({
    append: (channel, publication, { expect } = {}) =>
      log.append(channel, publication, expect && { expect }),
  })),

  'acknowledged early: before it was appended': withLog((log) => ({
    async append(channel, publication, options) {
      log.append(channel, publication, options).catch(() => undefined);
      const { epoch, top } = await log.latest(channel, 1);
      const position = { epoch, offset: top.offset, id: publication.id };
      return { outcome: 'appended', position, duplicate: false };
    },
  })),

  'no tops: what is lost at the tail is not looked for': withLog(noTops),

  'history read before joining, and no tops behind it': withLog((log) => ({
    ...noTops(log),
    // It joins when the history has been read.
    follow: async () => undefined,
    async read(channel, ...what) {
      const page = await log.read(channel, ...what);
      await log.follow(channel);
      return page;
    },
    async latest(channel, ...what) {
      const page = await log.latest(channel, ...what);
      await log.follow(channel);
      return page;
    },
  })),

  'positions without the fence: an id says no more than the offset': unfenced(),

  'gaps are left out': {
    ...whole,
    frame: (payload) =>
      typeof payload === 'string'
        ? payload.replaceAll(/,"gap":\{(?:[^{}]|\{[^{}]*\})*\}/g, '')
        : payload,
  },

  'the outbox is kept over a crash, and not its numbers': {
    ...whole,
    record: (record) => {
      const kept = record as Kept;
      const lanes = kept.lanes.map((lane) => {
        const producer = { ...lane.producer, name: `${lane.producer.name.slice(0, -4)}0000` };
        return { ...lane, producer };
      });
      return { ...kept, lanes };
    },
  },

  'the position is not kept over a crash': { ...whole, keepsPosition: false },

  'presence without expiry: every node counts as alive': withBroker(
    ({ claims }) => ({
      claims: {
        ...claims,
        get: async (key) =>
          (await claims.get(key)) ??
          (key.startsWith('~node:') ? { value: '', revision: '' } : undefined),
      },
    }),
    ['hasRosters'],
  ),

  'a leave is written whatever stands there': withLog(
    (log) => ({
      append: (channel, publication, { expect, ...options } = {}) =>
        log.append(
          channel,
          publication,
          publication.removed === true || expect === undefined ? options : { ...options, expect },
        ),
    }),
    ['hasRosters'],
  ),

  'a call is not claimed before its handler runs': withBroker(
    ({ claims }) => ({
      claims: {
        ...claims,
        put: async (key, ...what) =>
          key.startsWith('~call:')
            ? { done: true, revision: 'nobody asked' }
            : claims.put(key, ...what),
      },
    }),
    ['hasCalls'],
  ),

  'a signal is sent twice': withBroker(
    ({ bus }) => ({
      bus: {
        ...bus,
        async send(topic, message) {
          await bus.send(topic, message);
          await bus.send(topic, message);
        },
      },
    }),
    ['hasSignals'],
  ),

  'signals overtake each other': withBroker(
    ({ bus }) => {
      let kept: (() => Promise<void>) | undefined;
      return {
        bus: {
          ...bus,
          async send(topic, message) {
            const before = kept;
            kept = before === undefined ? () => bus.send(topic, message) : undefined;
            if (before !== undefined) {
              await bus.send(topic, message);
              await before();
            }
          },
        },
      };
    },
    ['hasSignals'],
  ),
};

function unfenced(): Sabotage {
  const link = ({ offset }: Link): Link => ({ offset, id: offset === 0 ? '' : `n${offset}` });
  const entry = (publication: Publication): Publication => ({
    ...publication,
    ...link(publication),
    prev: link(publication.prev),
  });
  return {
    ...whole,
    broker: (broker) => {
      const { log } = broker;
      const page = <
        Page extends { readonly top: Link; readonly publications: readonly Publication[] },
      >(
        read: Page,
      ): Page => ({ ...read, top: link(read.top), publications: read.publications.map(entry) });
      return {
        supports: broker.supports,
        claims: broker.claims,
        bus: broker.bus,
        log: {
          ...log,
          async append(channel: string, publication: NewPublication, options) {
            const answer = await log.append(channel, publication, options);
            return answer.outcome === 'appended'
              ? { ...answer, position: { ...answer.position, ...link(answer.position) } }
              : answer;
          },
          read: async (...what) => page(await log.read(...what)),
          latest: async (...what) => page(await log.latest(...what)),
          values: async (...what) => page(await log.values(...what)),
          async tops(mark) {
            const found = await log.tops(mark);
            return { ...found, tops: found.tops.map((one) => ({ ...one, top: link(one.top) })) };
          },
        },
        start: (ears) =>
          broker.start({
            ...ears,
            deliver: (channel, epoch, publication) =>
              ears.deliver(channel, epoch, entry(publication)),
          }),
        stop: () => broker.stop(),
      };
    },
  };
}
