import { describe, expect, it } from 'vitest';
import type { AppendOptions, Log } from '../../../src/ports/index.ts';
import { producingPromises } from '../../../src/testing/broker-suite/producing.ts';
import { broken, type Defect, untouched } from './defects.ts';

/** What the log is told is something else than what it was given. */
function asking(change: (options: AppendOptions) => AppendOptions): Defect['change'] {
  return ({ log }) => ({
    log: { append: (channel, entry, options = {}) => log.append(channel, entry, change(options)) },
  });
}

function without(name: keyof AppendOptions) {
  return (options: AppendOptions): AppendOptions => {
    const { [name]: _, ...rest } = options;
    return rest;
  };
}

/** What the log answers is something else. */
function answering(
  change: (answer: Awaited<ReturnType<Log['append']>>) => Awaited<ReturnType<Log['append']>>,
): Defect['change'] {
  return ({ log }) => ({
    log: { append: async (...what) => change(await log.append(...what)) },
  });
}

const defects: Readonly<Record<string, Defect>> = {
  'producers are ignored': {
    change: asking(without('producer')),
    breaks: [
      'the next number is',
      'of concurrent repetitions on',
      'what is refused is',
      'a higher epoch fences',
      'a numbering may begin',
      'the latest answers are',
    ],
  },
  'hashes are ignored': {
    change: asking(({ producer, ...rest }) =>
      producer ? { ...rest, producer: { ...producer, hash: '' } } : rest,
    ),
    breaks: ['what is refused is'],
  },
  'where a numbering begins is ignored': {
    change: asking(({ producer, ...rest }) =>
      producer ? { ...rest, producer: { ...producer, first: 1 } } : rest,
    ),
    breaks: ['a numbering may begin'],
  },
  'epochs are ignored': {
    change: asking(({ producer, ...rest }) =>
      producer ? { ...rest, producer: { ...producer, epoch: 1 } } : rest,
    ),
    breaks: ['what is refused is', 'a higher epoch fences', 'a numbering may begin'],
  },
  'names are cut at 127 characters': {
    change: asking(({ producer, ...rest }) =>
      producer ? { ...rest, producer: { ...producer, name: producer.name.slice(0, 127) } } : rest,
    ),
    breaks: ['each producer counts for'],
  },
  'each node has records of its own': {
    change: ({ log }, { nodes }) => {
      const place = nodes.length;
      return {
        log: {
          append: (channel, entry, { producer, ...rest } = {}) =>
            log.append(
              channel,
              entry,
              producer
                ? {
                    ...rest,
                    producer: { ...producer, name: `${place}${producer.name}`.slice(0, 128) },
                  }
                : rest,
            ),
        },
      };
    },
    breaks: [
      'the next number is',
      'of concurrent repetitions on',
      'what is refused is',
      'a higher epoch fences',
      'a numbering may begin',
      'each producer counts for',
      'the latest answers are',
    ],
  },
  'a repetition is not said to be one': {
    change: answering((answer) =>
      answer.outcome === 'appended' ? { ...answer, duplicate: false } : answer,
    ),
    breaks: [
      'the next number is',
      'of concurrent repetitions on',
      'a higher epoch fences',
      'a numbering may begin',
      'the latest answers are',
    ],
  },
  'what is refused is said to be unknown': {
    change: answering((answer) =>
      answer.outcome === 'appended' ? answer : { outcome: 'unknown' },
    ),
    breaks: ['what is refused is', 'a higher epoch fences', 'a numbering may begin'],
  },
  'every second append arrives late': {
    change: ({ log }) => {
      let count = 0;
      return {
        log: {
          async append(...what) {
            count += 1;
            if (count % 2 === 1) {
              await Promise.resolve();
            }
            return log.append(...what);
          },
        },
      };
    },
    breaks: ['numbers that are in', 'the latest answers are'],
  },
  'what is refused is announced': {
    change: ({ log }) => {
      let tell: (channel: string) => void = () => {};
      return {
        log: {
          async append(channel, ...rest) {
            const answer = await log.append(channel, ...rest);
            if (answer.outcome !== 'appended') {
              tell(channel);
            }
            return answer;
          },
        },
        ears(ears) {
          const entry = { offset: 1, id: 'x', prev: { offset: 0, id: '' }, data: 0, atMs: 0 };
          tell = (channel) => ears.deliver(channel, 'e', entry);
          return ears;
        },
      };
    },
    breaks: ['what is refused is'],
  },
  'fewer answers are kept than was said': {
    change: ({ supports }) => ({ broker: { supports: { ...supports, answersKept: 101 } } }),
    breaks: ['the latest answers are'],
  },
  'all durabilities are said to be there': {
    change: ({ supports }) => ({
      broker: { supports: { ...supports, durability: ['memory', 'disk'] } },
    }),
    breaks: ['a durability that is'],
  },
  'what was not asked of it is taken for the least': {
    change: asking(without('durability')),
    breaks: ['a durability that is'],
  },
  'the strongest durability comes first': {
    change: ({ supports }) => ({
      broker: { supports: { ...supports, durability: ['disk', 'memory'] } },
    }),
    breaks: ['supports says what can', 'a durability that is'],
  },
};

describe('the promises of producers', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(producingPromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(producingPromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(producingPromises, Object.values(defects))).toEqual([]);
  });
});
