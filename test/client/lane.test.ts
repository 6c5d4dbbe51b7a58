import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutboxEntry } from '../../src/client/letter.ts';
import { type Deed, ModelEngine } from './model-engine.ts';
import { startWorld } from './world.ts';

/** The ordinary is more frequent. */
const actions = [
  'publish publish publish publish store store store store deliver deliver deliver deliver wait',
  'forbid busy limit failBefore failAfter lateStore lateStore overtake cut cut rest forget fence silence',
]
  .join(' ')
  .split(' ');

function run(steps: readonly string[]): void {
  const engine = new ModelEngine();
  const { client, clock, road } = startWorld();
  const ends = new Map<unknown, OutboxEntry>();
  client.outbox.on('status', (entry) => {
    if (entry.status !== 'queued' && entry.status !== 'sent') {
      expect({ twice: ends.has(entry.data) }).toEqual({ twice: false });
      ends.set(entry.data, entry);
    }
  });
  let published = 0;
  const deed = (name: Deed) => (): unknown => engine.work(name);
  const table: Readonly<Record<string, () => unknown>> = {
    publish: () => {
      published += 1;
      client.publish('room', published).catch(() => undefined);
    },
    store: deed('store'),
    forbid: deed('forbid'),
    busy: deed('busy'),
    limit: deed('limit'),
    failBefore: deed('failBefore'),
    failAfter: deed('failAfter'),
    lateStore: () => engine.work('store', true),
    deliver: () => engine.deliver(),
    overtake: () => engine.overtake(),
    cut: () => engine.cut(),
    forget: () => engine.forgetAnswers(),
    fence: () => engine.fence(),
    wait: () => clock.advance(400),
    rest: () => clock.advance(6_000),
    silence: () => clock.advance(11_000),
  };
  for (const step of steps) {
    table[step]!();
    engine.serve(road());
  }
  settle(engine, { clock, road });

  const { log } = engine;
  expect(new Set(log).size).toBe(log.length);
  expect([...ends.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: published }, (_, n) => n + 1),
  );
  const stored = [...ends.values()].filter(({ status }) => status === 'stored');
  const places = stored
    .sort((a, b) => a.id - b.id)
    .map(({ data, position }) => {
      const at = Number(position!.split(':')[1]) - 1;
      expect(log[at]).toBe(data);
      return at;
    });
  expect(places).toEqual([...places].sort((a, b) => a - b));
  const failed = [...ends.values()].filter(({ status }) => status === 'failed');
  expect(failed.filter(({ data }) => log.includes(data))).toEqual([]);
  client.close();
  expect(clock.pending).toBe(0);
}

/** From here on nothing fails. */
function settle(
  engine: ModelEngine,
  { clock, road }: Pick<ReturnType<typeof startWorld>, 'clock' | 'road'>,
): void {
  for (let round = 0; round < 60; round += 1) {
    let busy = true;
    while (busy) {
      engine.serve(road());
      busy = [engine.work('store', true), engine.work('store'), engine.deliver()].includes(true);
    }
    clock.advance(3_000);
  }
}

describe('publishing to servers that fail', () => {
  it('what is published is in the log at most once; `stored` is there, in order; `failed` is not', () => {
    const reported: unknown[] = [];
    const before = globalThis.reportError;
    globalThis.reportError = (error: unknown) => reported.push(error);
    try {
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom(...actions), { minLength: 1, maxLength: 150, size: 'max' }),
          (steps) => {
            reported.length = 0;
            run(steps);
            expect(reported).toEqual([]);
          },
        ),
        { numRuns: Number(process.env['RUNS'] ?? 200), seed: Number(process.env['SEED'] ?? 1) },
      );
    } finally {
      globalThis.reportError = before;
    }
  });
});
