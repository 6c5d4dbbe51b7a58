import { describe, expect, it } from 'vitest';
import type { Retain } from '../../../src/ports/index.ts';
import { retainingPromises } from '../../../src/testing/broker-suite/retaining.ts';
import { broken, type Change, type Defect, untouched } from './defects.ts';

/** What is asked to be kept is another thing. */
function retaining(other: (retain: Retain | undefined) => Retain): Change {
  return ({ log }) => ({
    log: {
      append: (channel, entry, options) =>
        log.append(channel, entry, { ...options, retain: other(options?.retain) }),
    },
  });
}

const defects: Readonly<Record<string, Defect>> = {
  'nothing is done about it': {
    change: retaining(() => ({})),
    breaks: ['so many entries', 'one entry is', 'entries go', 'the latest append', 'values stay'],
  },
  'one entry too many is kept': {
    change: retaining((retain) =>
      retain?.entries === undefined ? { ...retain } : { ...retain, entries: retain.entries + 1 },
    ),
    breaks: ['so many entries', 'one entry is', 'the latest append', 'values stay'],
  },
  'ages are seconds': {
    change: retaining((retain) =>
      retain?.ageMs === undefined ? { ...retain } : { ...retain, ageMs: retain.ageMs / 1_000 },
    ),
    breaks: ['younger ones'],
  },
  'an append that says nothing keeps one entry': {
    change: retaining((retain) => retain ?? { entries: 1 }),
    breaks: ['the latest append', 'other channels'],
  },
  'numbers have 32 bits': {
    change: retaining((retain) =>
      retain?.entries === undefined ? { ...retain } : { ...retain, entries: retain.entries | 0 },
    ),
    breaks: ['what is more'],
  },
  'values are forgotten with their entries': {
    change: ({ log }) => ({
      log: {
        async values(channel, afterOffset, limit) {
          const page = await log.values(channel, afterOffset, limit);
          const { publications } = await log.read(channel, 0, 100);
          const kept = new Set(publications.map(({ id }) => id));
          return { ...page, publications: page.publications.filter(({ id }) => kept.has(id)) };
        },
      },
    }),
    breaks: ['values stay'],
  },
};

describe('the promises of retaining', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(retainingPromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(retainingPromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(retainingPromises, Object.values(defects))).toEqual([]);
  });
});
