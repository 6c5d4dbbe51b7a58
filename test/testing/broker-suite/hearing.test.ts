import { describe, expect, it } from 'vitest';
import type { Hear } from '../../../src/ports/index.ts';
import { hearingPromises } from '../../../src/testing/broker-suite/hearing.ts';
import { broken, type Defect, untouched } from './defects.ts';

const defects: Readonly<Record<string, Defect>> = {
  'the sender does not hear itself': {
    change: ({ bus }) => {
      const own = new Set<string>();
      return {
        bus: {
          send(topic, message) {
            own.add(JSON.stringify(message));
            return bus.send(topic, message);
          },
        },
        ears: (ears) => ({
          ...ears,
          hear(topic, message) {
            if (!own.has(JSON.stringify(message))) {
              ears.hear(topic, message);
            }
          },
        }),
      };
    },
    breaks: ['what is sent is', 'nothing is heard while'],
  },
  'every second message comes late': {
    change: ({ bus }) => {
      let count = 0;
      return {
        bus: {
          async send(topic, message) {
            count += 1;
            if (count % 2 === 1) {
              await Promise.resolve();
            }
            return bus.send(topic, message);
          },
        },
      };
    },
    breaks: ['what is sent is', 'what a sender does'],
  },
  'who follows twice hears twice': {
    change: ({ bus }) => {
      const twice = new Set<string>();
      const once = new Set<string>();
      return {
        bus: {
          follow(topic) {
            (once.has(topic) ? twice : once).add(topic);
            return bus.follow(topic);
          },
        },
        ears: (ears) => ({
          ...ears,
          hear(topic, message) {
            ears.hear(topic, message);
            if (twice.has(topic)) {
              ears.hear(topic, message);
            }
          },
        }),
      };
    },
    breaks: ['to follow a topic'],
  },
  'unfollow does nothing': {
    change: () => ({ bus: { unfollow: async () => {} } }),
    breaks: ['to follow a topic'],
  },
  'everyone hears everything': {
    change: ({ bus }) => ({
      bus: {
        async send(topic, message) {
          await bus.follow(topic);
          await bus.send(topic, message);
        },
      },
    }),
    breaks: ['to follow a topic', 'what a sender does'],
  },
  'bytes come as JSON': {
    change: ({ bus }) => ({
      bus: { send: (topic, message) => bus.send(topic, JSON.parse(JSON.stringify(message))) },
    }),
    breaks: ['a message is heard'],
  },
  'messages are passed by reference': {
    change: (_, { nodes }) => ({
      bus: {
        async send(topic, message) {
          await Promise.resolve();
          await nodes[0]!.bus.send(topic, message);
        },
      },
    }),
    breaks: ['what a sender does'],
  },
  'messages are heard at once': {
    change: () => {
      let hear: Hear = () => {};
      return {
        bus: { send: async (topic, message) => hear(topic, message) },
        ears(ears) {
          ({ hear } = ears);
          return ears;
        },
      };
    },
    breaks: [
      'what is sent is',
      'to follow a topic',
      'a message is heard',
      'what a sender does',
      'nothing is heard while',
      'D15: topics whose names',
    ],
  },
  'topics are not case-sensitive': {
    change: ({ bus }) => ({
      bus: {
        follow: (topic) => bus.follow(topic.toLowerCase()),
        send: (topic, message) => bus.send(topic.toLowerCase(), message),
      },
    }),
    breaks: ['D15: topics whose names'],
  },
  'what is sent to a topic is appended to the channel too': {
    change: ({ bus, log }) => ({
      bus: {
        async send(topic, message) {
          const sending = bus.send(topic, message);
          await log.append(topic, { id: 'sent', data: null, atMs: 0 });
          await sending;
        },
      },
    }),
    breaks: ['D15: topics whose names'],
  },
};

describe('the promises of the bus', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(hearingPromises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(hearingPromises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(hearingPromises, Object.values(defects))).toEqual([]);
  });
});
