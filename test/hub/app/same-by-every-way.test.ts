/**
 * Threat D11 (docs/3-reference/threats.md): what a reader is given live, when it comes back, and by history is the same, for whatever filters and
 * permissions; and it is what they say.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { type App, implement } from '../../../src/hub/app/index.ts';
import type { Hub } from '../../../src/hub/index.ts';
import { type Testbed, testbed } from '../../../src/testbed/index.ts';
import type { Position, Publication, ServerMessage } from '../../../src/wire/index.ts';
import { RawClient } from './raw-client.ts';

const journal = contract({
  channels: {
    'log/:run': { events: { odd: z.number(), even: z.number() } },
    'map/:run': { state: z.number() },
  },
});

/** What one reader may see of one run. Undefined: it may not read at all. */
interface Sight {
  /** By name, or by key. */
  readonly names: readonly string[];
  /** By what is said: remainders by seven. */
  readonly rests: readonly number[];
}

interface World {
  readonly bed: Testbed;
  readonly hub: Hub;
  readonly app: App<typeof journal>;
  readonly sights: Map<string, Sight | undefined>;
}

async function start(): Promise<World> {
  const bed = testbed();
  const sights = new Map<string, Sight | undefined>();
  const sees = (run: string, name: string | undefined, data: number | null): boolean => {
    const sight = sights.get(run);
    const isNamed = sight?.names.includes(name ?? '') === true;
    return isNamed && (data === null || sight.rests.includes(data % 7));
  };
  const authorize = ({ action, params }: { action: string; params: { run: string } }): boolean =>
    action === 'subscribe' && sights.get(params.run) !== undefined;
  const app = implement(journal, {
    authenticate: () => ({ id: 'reader' }),
    channels: {
      'log/:run': {
        authorize,
        see: ({ params, name, data }) => sees(params.run, name, data),
      },
      'map/:run': {
        authorize,
        see: ({ params, key, data }) => sees(params.run, key, data),
      },
    },
  });
  const { hub } = await bed.serve({ app, limits: { hellosPerSecond: 1e6, pageEntries: 4 } });
  return { bed, hub, app, sights };
}

const sight = fc.option(
  fc.record({
    names: fc.subarray(['odd', 'even', 'x', 'y', 'z']),
    rests: fc.subarray([0, 1, 2, 3, 4, 5, 6]),
  }),
  { nil: undefined, freq: 6 },
);
const entries = fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 14 });
const cases = fc.record({
  sight,
  entries,
  awayFrom: fc.integer({ min: 0, max: 14 }),
  awayFor: fc.integer({ min: 0, max: 14 }),
  page: fc.integer({ min: 1, max: 5 }),
});

function publicationsIn(messages: readonly ServerMessage[]): Publication[] {
  return messages.flatMap((one) => (one.type === 'publication' ? [one.publication] : []));
}

async function readHistory(
  client: RawClient,
  channel: string,
  limit: number,
): Promise<Publication[] | string> {
  let after: Position = { epoch: '', offset: 0, id: '' };
  const all: Publication[] = [];
  const first = await client.answer({ type: 'history', channel, limit: 1 });
  if (first?.type !== 'historyPage') {
    return first?.type === 'error' ? first.code : 'nothing';
  }
  after = { epoch: first.top.epoch, offset: 0, id: '' };
  for (let isMore = true; isMore; ) {
    const page = await client.answer({ type: 'history', channel, limit, after });
    if (page?.type !== 'historyPage') {
      return 'no page';
    }
    all.push(...page.publications);
    const last = page.publications.at(-1);
    isMore = page.more && last !== undefined;
    after = last === undefined ? after : { ...after, offset: last.offset, id: last.id };
  }
  return all;
}

describe('D11: the same by every way', () => {
  it('of a log: live, after a resume from anywhere, and by pages of history', async () => {
    const world = await start();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ sight, entries, awayFrom, awayFor, page }) => {
        run += 1;
        const params = { run: `${run}` };
        const log = world.app.channel('log/:run', params);
        world.sights.set(params.run, sight);
        const live = await RawClient.come(world);
        const goer = await RawClient.come(world);
        const answers = [
          await live.ask({ type: 'subscribe', channel: log.name }),
          await goer.ask({ type: 'subscribe', channel: log.name }),
        ];
        expect(answers).toEqual(Array(2).fill(sight === undefined ? 'FORBIDDEN' : 'ok'));
        for (const [at, n] of entries.entries()) {
          if (at === awayFrom) {
            await goer.ask({ type: 'unsubscribe', channel: log.name });
          }
          if (at === awayFrom + awayFor && sight !== undefined) {
            const since = goer.position;
            await goer.ask({ type: 'subscribe', channel: log.name, since });
          }
          await log.publish(n % 2 === 1 ? 'odd' : 'even', n);
        }
        if (
          sight !== undefined &&
          awayFrom < entries.length &&
          awayFrom + awayFor >= entries.length
        ) {
          await goer.ask({ type: 'subscribe', channel: log.name, since: goer.position });
        }
        await world.bed.advance(6_000);
        const late = await RawClient.come(world);
        const history = await readHistory(late, log.name, page);
        const wanted = entries.filter((n) => {
          const isNamed = sight?.names.includes(n % 2 === 1 ? 'odd' : 'even') === true;
          return isNamed && sight.rests.includes(n % 7);
        });
        const [first, second] = [live, goer].map(({ got }) => publicationsIn(got));
        expect(first!.map(({ data }) => data)).toEqual(wanted);
        const ids = first!.map(({ id, data, event }) => [id, data, event]);
        expect(second!.map(({ id, data, event }) => [id, data, event])).toEqual(ids);
        if (sight === undefined) {
          expect(history).toBe('FORBIDDEN');
        } else {
          expect(history).not.toBeTypeOf('string');
          const read = history as Publication[];
          expect(read.map(({ id, data, event }) => [id, data, event])).toEqual(ids);
        }
        for (const client of [live, goer, late]) {
          client.desk.closed();
        }
      }),
      { numRuns: 1_000 },
    );
    world.bed.close();
  }, 120_000);

  it('of keyed state: followed from the beginning, from anywhere, and as a snapshot', async () => {
    const world = await start();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ sight, entries, awayFrom }) => {
        run += 1;
        const params = { run: `${run}` };
        const map = world.app.channel('map/:run', params);
        world.sights.set(params.run, sight);
        const live = await RawClient.come(world);
        await live.ask({ type: 'subscribe', channel: map.name });
        const joiner = await RawClient.come(world);
        const values = new Map<string, number>();
        for (const [at, n] of entries.entries()) {
          if (at === awayFrom) {
            await joiner.ask({ type: 'subscribe', channel: map.name });
          }
          const key = 'xyz'[n % 3]!;
          if (n % 5 === 0) {
            await map.remove(key);
            values.delete(key);
          } else {
            await map.set(key, n);
            values.set(key, n);
          }
        }
        await world.bed.advance(6_000);
        const late = await RawClient.come(world);
        const answer = await late.ask({ type: 'subscribe', channel: map.name });
        expect(answer).toBe(sight === undefined ? 'FORBIDDEN' : 'ok');
        await joiner.ask({ type: 'subscribe', channel: map.name });
        await world.bed.advance(1);
        const wanted = [...values].filter(
          ([key, n]) => sight?.names.includes(key) === true && sight.rests.includes(n % 7),
        );
        for (const client of [live, joiner, late]) {
          expect(new Map(valuesIn(client.got))).toEqual(new Map(wanted));
          client.desk.closed();
        }
      }),
      { numRuns: 300 },
    );
    world.bed.close();
  }, 120_000);
});

/** What a reader shows of what it was told. */
function valuesIn(messages: readonly ServerMessage[]): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const { key, data, removed } of publicationsIn(messages)) {
    if (removed === true) {
      values.delete(key!);
    } else {
      values.set(key!, data);
    }
  }
  return values;
}
