import { describe, expect, it } from 'vitest';
import { type LadderOptions, Rungs } from '../../../src/client/transports/rungs.ts';
import type { ClientTransport } from '../../../src/client/transports/transport.ts';
import { ManualClock } from '../../../src/testing/index.ts';

const transports = ['websocket', 'sse'].map(
  (name): ClientTransport => ({
    name,
    open: () => ({ send() {}, close() {} }),
  }),
);

function world(options: LadderOptions = {}) {
  const clock = new ManualClock();
  return { clock, rungs: new Rungs(transports, { clock, ...options }) };
}

describe('the rungs of a ladder', () => {
  it('begin with the one that is remembered, and with the first when that is none of them', () => {
    const begins = (name: string | null): number =>
      world({ memory: { get: () => name, set() {} } }).rungs.current;
    expect([begins('sse'), begins('websocket'), begins('carrier-pigeon'), begins(null)]).toEqual([
      1, 0, 0, 0,
    ]);
  });

  it('are climbed when the time has come, whatever becomes of roads meanwhile', () => {
    const { clock, rungs } = world({ climbAfterMs: 1_000 });
    rungs.spoke(1);
    expect(rungs.untilClimbMs()).toBe(1_000);
    clock.advance(400);
    rungs.spoke(1);
    expect(rungs.untilClimbMs()).toBe(600);
    clock.advance(9_999);
    expect(rungs.untilClimbMs()).toBe(0);
  });

  it('are climbed half as often after each try, down to every quarter of an hour, until one above speaks', () => {
    const { rungs } = world();
    rungs.spoke(1);
    const times = Array.from({ length: 6 }, () => {
      rungs.tried();
      return rungs.untilClimbMs();
    });
    expect(times).toEqual([120_000, 240_000, 480_000, 900_000, 900_000, 900_000]);
    rungs.spoke(0);
    expect(rungs.untilClimbMs()).toBe(60_000);
  });

  it.each([
    [204, true],
    [200, false],
    [503, false],
    [404, false],
  ])('a plain request that is answered with %i: there is a way, %s', async (status, isThere) => {
    const asked: unknown[] = [];
    const fetch = (async (url: string, { headers }: RequestInit) => {
      asked.push([url, headers]);
      return new Response(null, { status });
    }) as typeof globalThis.fetch;
    expect(await world({ fetch }).rungs.probe('wss://host/live')).toBe(isThere);
    expect(asked).toEqual([['https://host/live', { 'Tautline-Road': 'probe' }]]);
  });

  it('a plain request that is not answered in time is not answered', async () => {
    const fetch = ((_url: string, { signal }: RequestInit) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(new Error('aborted')));
      })) as typeof globalThis.fetch;
    const { clock, rungs } = world({ fetch, rungWithinMs: 50 });
    const probing = rungs.probe('ws://host/');
    clock.advance(50);
    expect(await probing).toBe(false);
  });
});
