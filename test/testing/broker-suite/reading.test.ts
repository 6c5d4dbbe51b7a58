import { describe, expect, it } from 'vitest';
import { readingPromises } from '../../../src/testing/broker-suite/reading.ts';
import type { Publication } from '../../../src/wire/index.ts';
import { broken, type Defect, untouched } from './defects.ts';

const wrongPrev = (publication: Publication): Publication => ({
  ...publication,
  prev: { offset: publication.prev.offset, id: 'other' },
});

const defects: Readonly<Record<string, Defect>> = {
  'entries are read with a wrong prev': {
    change: ({ log }) => ({
      log: {
        async read(channel, fromOffset, limit) {
          const page = await log.read(channel, fromOffset, limit);
          return { ...page, publications: page.publications.map(wrongPrev) };
        },
      },
    }),
    breaks: ['append resolves with the', 'an entry is kept', 'the chain holds where'],
  },
  'read leaves out the entry at the offset itself': {
    change: ({ log }) => ({
      log: { read: (channel, fromOffset, limit) => log.read(channel, fromOffset + 1, limit) },
    }),
    breaks: ['read begins with the', 'read gives no more'],
  },
  'read gives one entry too many': {
    change: ({ log }) => ({
      log: { read: (channel, fromOffset, limit) => log.read(channel, fromOffset, limit + 1) },
    }),
    breaks: ['read gives no more'],
  },
  'latest gives the first entries': {
    change: ({ log }) => ({ log: { latest: (channel, limit) => log.read(channel, 0, limit) } }),
    breaks: ['latest gives the last'],
  },
  'latest gives the newest first': {
    change: ({ log }) => ({
      log: {
        async latest(channel, limit) {
          const page = await log.latest(channel, limit);
          return { ...page, publications: page.publications.toReversed() };
        },
      },
    }),
    breaks: ['latest gives the last'],
  },
  'each read has another epoch': {
    change: ({ log }) => {
      let reads = 0;
      return {
        log: {
          async read(channel, fromOffset, limit) {
            reads += 1;
            return { ...(await log.read(channel, fromOffset, limit)), epoch: `read${reads}` };
          },
        },
      };
    },
    breaks: ['a channel that holds', 'append resolves with the'],
  },
  'an epoch holds a colon': {
    change: () => ({}),
    options: { randomId: () => 'a:b' },
    breaks: ['a channel that holds'],
  },
  'who published is forgotten': {
    change: ({ log }) => ({
      log: {
        append(channel, entry, options) {
          const { by: _, ...rest } = entry;
          return log.append(channel, rest, options);
        },
      },
    }),
    breaks: ['an entry is kept'],
  },
  'bytes are kept as JSON': {
    change: ({ log }) => ({
      log: {
        append: (channel, { data, ...rest }, options) =>
          log.append(channel, { ...rest, data: JSON.parse(JSON.stringify(data)) }, options),
      },
    }),
    breaks: ['an entry is kept', 'what a publisher does'],
  },
  'the top is that of the page': {
    change: ({ log }) => ({
      log: {
        async read(channel, fromOffset, limit) {
          const page = await log.read(channel, fromOffset, limit);
          const { offset, id } = page.publications.at(-1) ?? { offset: 0, id: '' };
          return { ...page, top: { offset, id } };
        },
      },
    }),
    breaks: ['read gives no more', 'read beyond the end'],
  },
  'entries are kept by reference': {
    change: ({ log }) => {
      const given = new Map<string, unknown>();
      return {
        log: {
          append(channel, entry, options) {
            given.set(entry.id, entry.data);
            return log.append(channel, entry, options);
          },
          async read(channel, fromOffset, limit) {
            const page = await log.read(channel, fromOffset, limit);
            const publications = page.publications.map((one) => ({
              ...one,
              data: given.get(one.id),
            }));
            return { ...page, publications };
          },
        },
      };
    },
    breaks: ['what a publisher does'],
  },
  'nothing is ever trimmed': {
    change: () => ({}),
    options: { maxEntries: 1_000 },
    breaks: ['the chain holds where'],
  },
  'a trimmed log begins anew': {
    change: ({ log }) => ({
      log: {
        async read(channel, fromOffset, limit) {
          const page = await log.read(channel, fromOffset, limit);
          const publications = page.publications.map((one, i) =>
            i === 0 && fromOffset === 0 ? { ...one, prev: { offset: 0, id: '' } } : one,
          );
          return { ...page, publications };
        },
      },
    }),
    breaks: ['the chain holds where'],
  },
};

describe('the promises of reading', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(readingPromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(readingPromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(readingPromises, Object.values(defects))).toEqual([]);
  });
});
