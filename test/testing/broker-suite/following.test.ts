import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Deliver } from '../../../src/ports/index.ts';
import { followingPromises } from '../../../src/testing/broker-suite/following.ts';
import { broken, type Defect, untouched } from './defects.ts';

function delivering(change: (deliver: Deliver) => Deliver): Defect['change'] {
  return () => ({ ears: (ears) => ({ ...ears, deliver: change(ears.deliver) }) });
}

const defects: Readonly<Record<string, Defect>> = {
  'entries are delivered with a wrong prev': {
    change: delivering((deliver) => (channel, epoch, publication) => {
      const prev = { offset: publication.prev.offset, id: 'other' };
      deliver(channel, epoch, { ...publication, prev });
    }),
    breaks: ['concurrent appends of two', 'to follow twice is'],
  },
  'entries are delivered twice': {
    change: delivering((deliver) => (channel, epoch, publication) => {
      deliver(channel, epoch, publication);
      deliver(channel, epoch, publication);
    }),
    breaks: [
      'concurrent appends of two',
      'everything that is appended',
      'nothing is delivered on',
      'to follow twice is',
      'D15: channels whose names',
    ],
  },
  'entries are delivered with another epoch': {
    change: delivering((deliver) => (channel, _, publication) => {
      deliver(channel, 'other', publication);
    }),
    breaks: ['concurrent appends of two', 'an announcement names the'],
  },
  'nodes hear only of their own entries': {
    change: ({ log }) => {
      const own = new Set<string>();
      return {
        log: {
          append(channel, entry, options) {
            own.add(entry.id);
            return log.append(channel, entry, options);
          },
        },
        ears: (ears) => ({
          ...ears,
          deliver(channel, epoch, publication) {
            if (own.has(publication.id)) {
              ears.deliver(channel, epoch, publication);
            }
          },
        }),
      };
    },
    breaks: [
      'concurrent appends of two',
      'everything that is appended',
      'nothing is delivered on',
      'D15: channels whose names',
      'an announcement names the',
    ],
  },
  'every second entry overtakes the one before': {
    change: delivering((deliver) => {
      let held: (() => void) | undefined;
      return (channel, epoch, publication) => {
        const tell = () => deliver(channel, epoch, publication);
        if (publication.offset % 2 === 1 && publication.offset > 1) {
          held = tell;
        } else {
          tell();
          held?.();
          held = undefined;
        }
      };
    }),
    breaks: ['concurrent appends of two', 'nothing is delivered on'],
  },
  'follow takes effect some time later': {
    change: ({ log }) => ({
      log: {
        async follow(channel) {
          const late = setImmediate().then(() => log.follow(channel));
          // The broker may have been stopped by then.
          late.catch(() => {});
        },
      },
    }),
    breaks: [
      'concurrent appends of two',
      'everything that is appended',
      'nothing is delivered on',
      'to follow twice is',
      'D15: channels whose names',
      'tops names every followed',
      'an announcement names the',
    ],
  },
  'unfollow does nothing': {
    change: () => ({ log: { unfollow: async () => {} } }),
    breaks: ['nothing is delivered on', 'tops names every followed'],
  },
  'everything is delivered to everyone': {
    change: ({ log }) => ({
      log: {
        async append(channel, entry, options) {
          await log.follow(channel);
          return log.append(channel, entry, options);
        },
      },
    }),
    breaks: ['everything that is appended', 'nothing is delivered on'],
  },
  'names are not case-sensitive': {
    change: ({ log }) => ({
      log: {
        append: (channel, ...rest) => log.append(channel.toLowerCase(), ...rest),
        read: (channel, ...rest) => log.read(channel.toLowerCase(), ...rest),
      },
    }),
    breaks: ['D15: channels whose names'],
  },
  'names are cut at 199 bytes': {
    change: ({ log }) => ({
      log: {
        append: (channel, ...rest) => log.append(channel.slice(0, 199), ...rest),
        read: (channel, ...rest) => log.read(channel.slice(0, 199), ...rest),
      },
    }),
    breaks: ['D15: channels whose names'],
  },
  'values are those of any channel': {
    change: ({ log }) => ({ log: { values: (_, ...rest) => log.values('news', ...rest) } }),
    breaks: ['D15: channels whose names'],
  },
  'tops leaves out what has no entries': {
    change: ({ log }) => ({
      log: {
        async tops(mark) {
          const { tops, ...rest } = await log.tops(mark);
          return { ...rest, tops: tops.filter(({ top }) => top.offset > 0) };
        },
      },
    }),
    breaks: ['tops names every followed'],
  },
  'tops never sees a change': {
    change: ({ log }) => ({
      log: {
        tops: async (mark) => (mark === undefined ? log.tops() : { mark, tops: [] }),
      },
    }),
    breaks: ['tops names every followed'],
  },
  'append resolves with the place before': {
    change: ({ log }) => ({
      log: {
        async append(channel, ...rest) {
          const { epoch, top } = await log.read(channel, 0, 1);
          const appended = await log.append(channel, ...rest);
          return { ...appended, position: { epoch, ...top } } as typeof appended;
        },
      },
    }),
    breaks: [
      'concurrent appends of two',
      'everything that is appended',
      'nothing is delivered on',
      'an announcement names the',
    ],
  },
};

describe('the promises of following', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(followingPromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(followingPromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(followingPromises, Object.values(defects))).toEqual([]);
  });
});
