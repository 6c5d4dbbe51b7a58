import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/brokers/memory.ts';
import type { Broker } from '../../../src/ports/index.ts';
import type { Promises } from '../../../src/testing/broker-suite/case.ts';
import { restartPromises, stoppingPromises } from '../../../src/testing/broker-suite/stopping.ts';
import { broken, type Defect, untouched } from './defects.ts';

const promises: Promises = { ...stoppingPromises, ...restartPromises };

const defects: Readonly<Record<string, Defect>> = {
  'a stopped broker still answers': {
    change: ({ claims }) => ({
      claims: { get: (key) => claims.get(key).catch(() => undefined) },
    }),
    breaks: ['after stop every call'],
  },
  'a stopped broker rejects with something else': {
    change: ({ bus }) => ({
      bus: {
        send: (topic, message) =>
          bus.send(topic, message).catch(() => {
            throw new Error('stopped');
          }),
      },
    }),
    breaks: ['after stop every call'],
  },
  'stop stops nothing': {
    change: () => ({ broker: { stop: async () => {} } }),
    breaks: ['after stop every call', 'a node that has'],
  },
  'to stop twice is an error': {
    change: (real) => {
      let stops = 0;
      return {
        broker: {
          async stop() {
            stops += 1;
            await real.stop();
            if (stops === 2) {
              throw new Error('twice');
            }
          },
        },
      };
    },
    breaks: [
      'after stop every call',
      'a node that has',
      'a log is the',
      'producers are known after',
      'values and removals are',
    ],
  },
  'one that stops takes all with it': {
    change: (_, { nodes }) => ({
      broker: {
        async stop() {
          await Promise.all(nodes.map((node) => node.stop()));
        },
      },
    }),
    breaks: ['a node that has'],
  },
  'nothing is kept': {
    change: (_, { nodes }) => {
      const fresh = memoryStore().node();
      return nodes.length > 2 ? { log: fresh.log, broker: running(fresh) } : {};
    },
    breaks: ['a log is the', 'producers are known after', 'values and removals are'],
  },
};

function running(broker: Broker): Pick<Broker, 'start' | 'stop'> {
  return { start: (ears) => broker.start(ears), stop: () => broker.stop() };
}

describe('the promises of stopping and restarting', () => {
  it('find nothing wrong with a broker that is right', async () => {
    expect(await broken(promises, { change: () => ({}), breaks: [] })).toEqual([]);
  });

  it.each(Object.entries(defects))('find it when %s', async (_, defect) => {
    expect(await broken(promises, defect)).toEqual(defect.breaks);
  });

  it('are each broken by some defect', () => {
    expect(untouched(promises, Object.values(defects))).toEqual([]);
  });
});
