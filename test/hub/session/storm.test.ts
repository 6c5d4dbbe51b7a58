/** D12: five thousand tokens that end within one second. */
import { describe, expect, it } from 'vitest';
import { type Testbed, testbed } from '../../../src/testbed/index.ts';
import { openPolicy, settled, startWorld, type TestClient } from '../world.ts';

const tokens = 5_000;
const lastsMs = 60_000;

/** How many of these fall into the second in which most do. */
function busiest(timesMs: readonly number[]): number {
  let most = 0;
  let from = 0;
  const sorted = timesMs.toSorted((one, other) => one - other);
  for (const [i, timeMs] of sorted.entries()) {
    while (sorted[from]! <= timeMs - 1_000) {
      from += 1;
    }
    most = Math.max(most, i - from + 1);
  }
  return most;
}

async function passSeconds(bed: Testbed, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await bed.advance(1_000);
  }
}

describe('D12: 5,000 tokens that end in one second', () => {
  it('D12: are renewed before, spread over the time that there is, and nobody goes', async () => {
    const bed = testbed({ delayMs: 5 });
    const asked: number[] = [];
    const went: unknown[] = [];
    const untilMs = bed.clock.wallMs() + lastsMs;
    await bed.serve({
      policy: {
        connect: ({ token }) => {
          asked.push(bed.clock.nowMs());
          const isFirst = token === 'first';
          const expiresAtMs = untilMs + (asked.length % 1_000);
          return isFirst ? { user: 'ann', expiresAtMs } : { user: 'ann' };
        },
      },
      observer: { disconnected: (_, why) => went.push(why) },
      limits: { hellosPerSecond: tokens, maxAdmitting: tokens },
    });
    for (let i = 0; i < tokens; i += 1) {
      let given = 0;
      bed.client(`c${i}`, {
        token: async () => {
          given += 1;
          return given === 1 ? 'first' : 'next';
        },
        pingAfterMs: 600_000,
      });
    }
    await passSeconds(bed, 62);
    const renewals = asked.slice(tokens);
    expect([went, asked.length]).toEqual([[], 2 * tokens]);
    expect(Math.max(...renewals)).toBeLessThan(lastsMs);
    // Between half and nine tenths of their time: on the average 208 in a second.
    expect(busiest(renewals)).toBeLessThan(2 * (tokens / (0.4 * (lastsMs / 1_000))));
    bed.close();
  }, 60_000);

  it('D12: and are not renewed end their sessions in that second; who comes back is let in at a bounded rate', async () => {
    const ended: number[] = [];
    let asked = 0;
    const world = await startWorld({
      policy: {
        ...openPolicy,
        connect: () => {
          asked += 1;
          const untilMs = 1_700_000_000_000 + lastsMs + (asked % 1_000);
          return asked > tokens ? 'ann' : { user: 'ann', expiresAtMs: untilMs };
        },
      },
      observer: {
        disconnected: (_, why) => {
          if (why === 'TOKEN_EXPIRED') {
            ended.push(world.clock.nowMs());
          }
        },
      },
      limits: { hellosPerSecond: 1_000, maxAdmitting: tokens },
    });
    for (let second = 0; second < 5; second += 1) {
      await Promise.all(Array.from({ length: 1_000 }, () => world.enter()));
      world.clock.advance(1_000);
    }
    expect(world.hub.view().sessions).toBe(tokens);
    while (world.clock.nowMs() < lastsMs + 1_000) {
      world.clock.advance(1_000);
      await settled();
    }
    expect([ended.length, Math.min(...ended) >= lastsMs, world.hub.view().sessions]).toEqual([
      tokens,
      true,
      0,
    ]);
    const back: TestClient[] = [];
    for (let i = 0; i < tokens; i += 1) {
      const client = world.connect();
      client.hello();
      back.push(client);
    }
    await settled();
    const told = back.map(({ why }) => why?.name);
    expect(told.filter((why) => why === undefined)).toHaveLength(1_000);
    expect(told.filter((why) => why === 'BUSY')).toHaveLength(tokens - 1_000);
    expect(asked).toBe(tokens + 1_000);
  }, 60_000);
});
