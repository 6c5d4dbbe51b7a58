import { describe, expect, it } from 'vitest';
import type { StatePage } from '../../../src/ports/index.ts';
import { statePromises } from '../../../src/testing/broker-suite/state.ts';
import { broken, type Defect, untouched } from './defects.ts';

function showing(change: (page: StatePage) => StatePage): Defect['change'] {
  return ({ log }) => ({
    log: { values: async (...what) => change(await log.values(...what)) },
  });
}

const defects: Readonly<Record<string, Defect>> = {
  'values are all entries': {
    change: ({ log }) => ({
      log: {
        async values(channel, afterOffset, limit) {
          const page = await log.read(channel, afterOffset + 1, limit);
          return { ...page, more: false, forgotten: 0 };
        },
      },
    }),
    breaks: [
      'of each key the',
      'a removed key is',
      'values are given in',
      'values outlive the trimming',
    ],
  },
  'values come by their keys': {
    change: showing((page) => ({
      ...page,
      publications: page.publications.toSorted((a, b) => (a.key! < b.key! ? -1 : 1)),
    })),
    breaks: [
      'of each key the',
      'a removed key is',
      'values are given in',
      'values outlive the trimming',
    ],
  },
  'removals are left out': {
    change: showing((page) => ({
      ...page,
      publications: page.publications.filter(({ removed }) => removed !== true),
    })),
    breaks: ['a removed key is'],
  },
  'removals are said to be forgotten that never were': {
    change: showing((page) => ({ ...page, forgotten: 1 })),
    breaks: ['of each key the'],
  },
  'there is never more': {
    change: showing((page) => ({ ...page, more: false })),
    breaks: ['values are given in'],
  },
  'the offset itself is given too': {
    change: ({ log }) => ({
      log: { values: (channel, after, limit) => log.values(channel, after - 1, limit) },
    }),
    breaks: ['a removed key is', 'values are given in'],
  },
  'values go with their entries': {
    change: ({ log }) => ({
      log: {
        async values(channel, ...what) {
          const { publications } = await log.read(channel, 0, 1_000);
          const page = await log.values(channel, ...what);
          const ids = new Set(publications.map(({ id }) => id));
          return { ...page, publications: page.publications.filter(({ id }) => ids.has(id)) };
        },
      },
    }),
    breaks: ['values outlive the trimming'],
  },
  'what is expected is ignored': {
    change: ({ log }) => ({
      log: {
        append(channel, entry, options = {}) {
          const { expect: _, ...rest } = options;
          return log.append(channel, entry, rest);
        },
      },
    }),
    breaks: [
      'an append that expects',
      'a key that was',
      'of rivals that expect',
      'a repetition of what',
    ],
  },
  'only the offset is compared': {
    change: ({ log }) => ({
      log: {
        async append(channel, entry, { expect: wanted, ...rest } = {}) {
          const page = await log.read(channel, wanted?.offset ?? 0, 1);
          const [there] = page.publications;
          const asked =
            wanted && there?.offset === wanted.offset
              ? { offset: there.offset, id: there.id }
              : wanted;
          return log.append(channel, entry, asked ? { ...rest, expect: asked } : rest);
        },
      },
    }),
    breaks: ['an append that expects'],
  },
  'looking and appending are two steps': {
    change: ({ log }) => ({
      log: {
        async append(channel, entry, { expect: wanted, ...rest } = {}) {
          const { publications } = await log.values(channel, 0, 1_000);
          const found = publications.find(({ key }) => key === entry.key);
          const stands = found === undefined || found.removed ? { offset: 0, id: '' } : found;
          const at = { offset: stands.offset, id: stands.id };
          return wanted !== undefined && at.id !== wanted.id
            ? { outcome: 'conflict', at }
            : log.append(channel, entry, rest);
        },
      },
    }),
    breaks: ['of rivals that expect', 'a repetition of what'],
  },
  'a removal stands for a value': {
    change: ({ log }) => ({
      log: {
        async append(channel, entry, options) {
          const answer = await log.append(channel, entry, options);
          const { publications } = await log.values(channel, 0, 1_000);
          const removal = publications.find(({ key, removed }) => key === entry.key && removed);
          return answer.outcome === 'conflict' && removal
            ? { outcome: 'conflict', at: { offset: removal.offset, id: removal.id } }
            : answer;
        },
      },
    }),
    breaks: ['a key that was'],
  },
  'who loses is not told what stands': {
    change: ({ log }) => ({
      log: {
        async append(...what) {
          const answer = await log.append(...what);
          const at = { offset: 0, id: '' };
          return answer.outcome === 'conflict' ? { outcome: 'conflict', at } : answer;
        },
      },
    }),
    breaks: ['an append that expects', 'of rivals that expect', 'a repetition of what'],
  },
  'a repetition is weighed first': {
    change: ({ log }) => ({
      log: {
        async append(channel, entry, options) {
          const { publications } = await log.values(channel, 0, 1_000);
          const found = publications.find(({ key }) => key === entry.key);
          return options?.producer !== undefined && found?.removed !== true && found !== undefined
            ? { outcome: 'conflict', at: { offset: found.offset, id: found.id } }
            : log.append(channel, entry, options);
        },
      },
    }),
    breaks: ['a repetition of what'],
  },
};

describe('the promises of state', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(statePromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(statePromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(statePromises, Object.values(defects))).toEqual([]);
  });
});
