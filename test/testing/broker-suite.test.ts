import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { memory } from '../../src/brokers/memory.ts';
import type { Broker, Deliver } from '../../src/ports/index.ts';
import { type BrokerCase, brokerCases } from '../../src/testing/broker-suite.ts';
import type { Publication } from '../../src/wire/index.ts';

const names = {
  empty: 'a channel that holds nothing has an epoch and its top at the beginning',
  places: 'publish resolves with the place of the entry, and offsets grow',
  kept: 'an entry is kept as it was given',
  copied: 'what a publisher does to its object later does not change the log',
  inclusive: 'read begins with the entry at the offset itself',
  limited: 'read gives no more than its limit, from the front',
  beyond: 'read beyond the end gives nothing but the top',
  latest: 'latest gives the last entries in the order of the log',
  busy: 'concurrent publishes are delivered once each, in the order of the log',
  barrier: 'everything that is published after subscribe has resolved is delivered',
  unsubscribed: 'nothing is delivered on a channel that is not subscribed to',
  twice: 'to subscribe twice is to subscribe once',
  alike: 'channels whose names are alike are different channels',
  stopped: 'after stop every call rejects with BROKER_STOPPED, and stop itself does not',
};

/** A memory broker with some of its methods replaced. */
function broken(change: (real: Broker) => Partial<Broker>): () => Promise<Broker> {
  return async () => {
    const real = memory();
    const bound: Broker = {
      start: (deliver) => real.start(deliver),
      subscribe: (channel) => real.subscribe(channel),
      unsubscribe: (channel) => real.unsubscribe(channel),
      publish: (channel, entry) => real.publish(channel, entry),
      read: (channel, fromOffset, limit) => real.read(channel, fromOffset, limit),
      latest: (channel, limit) => real.latest(channel, limit),
      stop: () => real.stop(),
    };
    return { ...bound, ...change(real) };
  };
}

function delivering(change: (deliver: Deliver) => Deliver): () => Promise<Broker> {
  return broken((real) => ({ start: (deliver) => real.start(change(deliver)) }));
}

const wrongPrev = (publication: Publication): Publication => ({
  ...publication,
  prev: { offset: publication.prev.offset, id: 'other' },
});

/** What is wrong, and which promises it breaks. Others hang because of it, or hold by accident. */
const defects: Readonly<Record<string, { make: () => Promise<Broker>; breaks: string[] }>> = {
  'entries are delivered with a wrong prev': {
    make: delivering((deliver) => (channel, epoch, publication) => {
      deliver(channel, epoch, wrongPrev(publication));
    }),
    breaks: [names.kept, names.busy, names.twice],
  },
  'entries are read with a wrong prev': {
    make: broken((real) => ({
      read: async (channel, fromOffset, limit) => {
        const page = await real.read(channel, fromOffset, limit);
        return { ...page, publications: page.publications.map(wrongPrev) };
      },
    })),
    breaks: [names.places, names.kept, names.alike],
  },
  'entries are delivered twice': {
    make: delivering((deliver) => (channel, epoch, publication) => {
      deliver(channel, epoch, publication);
      deliver(channel, epoch, publication);
    }),
    breaks: [
      names.kept,
      names.busy,
      names.barrier,
      names.unsubscribed,
      names.twice,
      names.alike,
      names.stopped,
    ],
  },
  'read leaves out the entry at the offset itself': {
    make: broken((real) => ({
      read: (channel, fromOffset, limit) => real.read(channel, fromOffset + 1, limit),
    })),
    breaks: [names.inclusive, names.limited],
  },
  'read gives one entry too many': {
    make: broken((real) => ({
      read: (channel, fromOffset, limit) => real.read(channel, fromOffset, limit + 1),
    })),
    breaks: [names.limited],
  },
  'latest gives the first entries': {
    make: broken((real) => ({ latest: (channel, limit) => real.read(channel, 0, limit) })),
    breaks: [names.latest],
  },
  'latest gives the newest first': {
    make: broken((real) => ({
      latest: async (channel, limit) => {
        const page = await real.latest(channel, limit);
        return { ...page, publications: page.publications.toReversed() };
      },
    })),
    breaks: [names.latest],
  },
  'each read has another epoch': {
    make: broken((real) => {
      let reads = 0;
      return {
        read: async (channel, fromOffset, limit) => {
          reads += 1;
          return { ...(await real.read(channel, fromOffset, limit)), epoch: `read${reads}` };
        },
      };
    }),
    breaks: [names.empty, names.places],
  },
  'an epoch holds a colon': {
    make: async () => memory({ randomId: () => 'a:b' }),
    breaks: [names.empty],
  },
  'subscribe takes effect some time later': {
    make: broken((real) => ({
      subscribe: async (channel) => {
        const late = setImmediate().then(() => real.subscribe(channel));
        // The broker may have been stopped by then.
        late.catch(() => {});
      },
    })),
    breaks: [
      names.kept,
      names.busy,
      names.barrier,
      names.unsubscribed,
      names.twice,
      names.alike,
      names.stopped,
    ],
  },
  'unsubscribe does nothing': {
    make: broken(() => ({ unsubscribe: async () => {} })),
    breaks: [names.unsubscribed, names.stopped],
  },
  'names are not case-sensitive': {
    make: broken((real) => ({
      publish: (channel, entry) => real.publish(channel.toLowerCase(), entry),
      read: (channel, fromOffset, limit) => real.read(channel.toLowerCase(), fromOffset, limit),
    })),
    breaks: [names.alike],
  },
  'names are cut at 199 bytes': {
    make: broken((real) => ({
      publish: (channel, entry) => real.publish(channel.slice(0, 199), entry),
      read: (channel, fromOffset, limit) => real.read(channel.slice(0, 199), fromOffset, limit),
    })),
    breaks: [names.alike],
  },
  'who published is forgotten': {
    make: broken((real) => ({
      publish: (channel, { id, data, atMs }) => real.publish(channel, { id, data, atMs }),
    })),
    breaks: [names.kept],
  },
  'the top is that of the page': {
    make: broken((real) => ({
      read: async (channel, fromOffset, limit) => {
        const page = await real.read(channel, fromOffset, limit);
        const { offset, id } = page.publications.at(-1) ?? { offset: 0, id: '' };
        return { ...page, top: { offset, id } };
      },
    })),
    breaks: [names.limited, names.beyond],
  },
  'entries are kept by reference': {
    make: broken((real) => {
      const given = new Map<string, unknown>();
      return {
        publish: (channel, entry) => {
          given.set(entry.id, entry.data);
          return real.publish(channel, entry);
        },
        read: async (channel, fromOffset, limit) => {
          const page = await real.read(channel, fromOffset, limit);
          const publications = page.publications.map((one) => ({
            ...one,
            data: given.get(one.id),
          }));
          return { ...page, publications };
        },
      };
    }),
    breaks: [names.copied],
  },
  'a stopped broker still answers': {
    make: broken((real) => ({
      latest: (channel, limit) => real.latest(channel, limit).catch(() => real.latest('', 0)),
      read: (channel, fromOffset, limit) =>
        real
          .read(channel, fromOffset, limit)
          .catch(() => ({ epoch: 'e', top: { offset: 0, id: '' }, publications: [] })),
    })),
    breaks: [names.stopped],
  },
};

/** Memory brokers need no more than a turn of the event loop: what has not ended after a few never will. */
async function holds(one: BrokerCase, make: () => Promise<Broker>): Promise<boolean> {
  const run = one.run(make).then(
    () => true,
    () => false,
  );
  return Promise.race([run, turns(5).then(() => false)]);
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await setImmediate();
  }
}

async function broke(make: () => Promise<Broker>): Promise<string[]> {
  const list: string[] = [];
  for (const one of brokerCases) {
    if (!(await holds(one, make))) {
      list.push(one.name);
    }
  }
  return list;
}

describe('the suite for brokers', () => {
  it('has these cases', () => {
    expect(brokerCases.map(({ name }) => name)).toEqual(Object.values(names));
  });

  it('finds nothing wrong with a broker that is right', async () => {
    expect(await broke(async () => memory())).toEqual([]);
  });

  it.each(Object.entries(defects))('finds it when %s', async (_, { make, breaks }) => {
    expect(await broke(make)).toEqual(breaks);
  });

  it('every case finds some defect', () => {
    const found = new Set(Object.values(defects).flatMap(({ breaks }) => breaks));
    expect(Object.values(names).filter((name) => !found.has(name))).toEqual([]);
  });
});
