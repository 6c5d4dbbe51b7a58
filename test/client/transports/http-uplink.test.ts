import { describe, expect, it } from 'vitest';
import { Patience } from '../../../src/client/transports/http-patience.ts';
import type { Fetch } from '../../../src/client/transports/http-request.ts';
import { Uplink } from '../../../src/client/transports/http-uplink.ts';
import { ManualClock } from '../../../src/testing/index.ts';

type Reply = (batch: readonly unknown[]) => Response | Error;

function world(reply: Reply, { maxQueued = 10_000_000 } = {}) {
  const clock = new ManualClock();
  const asked: (readonly unknown[])[] = [];
  const told: string[] = [];
  let came = 0;
  const fetched = ((_url: string, init: RequestInit) => {
    const batch = JSON.parse(init.body as string) as unknown[];
    asked.push([new Headers(init.headers).get('tautline-acknowledge'), ...batch]);
    const answer = reply(batch);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }) as unknown as Fetch;
  const uplink = new Uplink({
    wires: { url: 'http://a', fetch: fetched, clock },
    road: 'n.x',
    patience: new Patience(clock, () => 0, 1_000),
    answerWithinMs: 100,
    maxQueued,
    lastCame: () => came,
    failed: (reason) => told.push(reason),
  });
  const settled = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    clock.advance(0);
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  const nowCame = (number: number): void => {
    came = number;
  };
  return { clock, asked, told, uplink, settled, came: nowCame };
}
const json = (status: number, value: object): Response => Response.json(value, { status });
const takesAll: Reply = ([from, ...messages]) =>
  json(200, { received: Number(from) - 1 + messages.length });

describe('messages on their way up', () => {
  it('what is said in one turn goes in one request, in order, with what came', async () => {
    const { uplink, asked, settled, came } = world(takesAll);
    came(4);
    uplink.send('a');
    uplink.send('b');
    await settled();
    uplink.send('c');
    await settled();
    expect(asked).toEqual([
      ['4', 1, 'a', 'b'],
      ['4', 3, 'c'],
    ]);
  });

  it.each([
    [60_000, 100],
    [70_000, 200],
    [500_000, 800],
  ])('D19: a request of %i characters has %i ms for its answer', async (length, withinMs) => {
    const { uplink, settled, clock } = world(takesAll);
    const limits: number[] = [];
    const after = clock.after.bind(clock);
    clock.after = (ms, run) => {
      limits.push(ms);
      return after(ms, run);
    };
    uplink.send('x'.repeat(length));
    await settled();
    expect(limits).toEqual([withinMs]);
  });

  it('a request that had no answer is repeated as it was, with what was said meanwhile', async () => {
    let count = 0;
    const { uplink, asked, settled } = world((batch) => {
      count += 1;
      return count === 1 ? new Error('lost') : takesAll(batch);
    });
    uplink.send('a');
    await settled();
    await settled();
    expect(asked).toEqual([
      ['0', 1, 'a'],
      ['0', 1, 'a'],
    ]);
  });

  it('goes on from where the server says that it stands', async () => {
    let count = 0;
    const { uplink, asked, settled } = world((batch) => {
      count += 1;
      return count === 1 ? json(409, { code: 'ROAD_HOLE', received: 1 }) : takesAll(batch);
    });
    uplink.send('a');
    uplink.send('b');
    await settled();
    expect(asked).toEqual([
      ['0', 1, 'a', 'b'],
      ['0', 2, 'b'],
    ]);
  });

  it.each([
    ['has what was never sent', json(200, { received: 9 }), 'a request was refused with 200'],
    ['has forgotten the road', json(410, {}), 'a request was refused with 410'],
    ['is no server of ours', new Response('hello'), 'a request was refused with 200'],
  ])('a server that %s ends it', async (_what, answer, reason) => {
    const { uplink, told, settled } = world(() => answer.clone());
    uplink.send('a');
    await settled();
    uplink.send('b');
    await settled();
    expect(told).toEqual([reason]);
  });

  it('goes on failing for so long, then ends', async () => {
    const { uplink, told, clock, settled, asked } = world(() => json(503, {}));
    uplink.send('a');
    await settled();
    clock.advance(2_000);
    await settled();
    await settled();
    expect(told).toEqual(['requests fail with 503']);
    expect(asked.length).toBeGreaterThan(1);
  });

  it('many messages go in several requests, each within its limits', async () => {
    const { uplink, asked, settled } = world(takesAll);
    for (let i = 0; i < 130; i += 1) {
      uplink.send('x');
    }
    uplink.send('y'.repeat(600_000));
    uplink.send('y'.repeat(600_000));
    await settled();
    expect(asked.map(({ length }) => length - 2)).toEqual([64, 64, 3, 1]);
  });

  it('what came is told once', async () => {
    const { uplink, asked, settled, came } = world(takesAll);
    uplink.tell();
    came(3);
    uplink.tell();
    await settled();
    uplink.tell();
    came(5);
    uplink.wasTold(5);
    uplink.tell();
    await settled();
    expect(asked).toEqual([['3', 1]]);
  });

  it('so much waits and no more', () => {
    const { uplink, told } = world(takesAll, { maxQueued: 2 });
    uplink.send('ab');
    expect(told).toEqual([]);
    uplink.send('c');
    expect(told).toEqual(['more waits to be sent than may']);
  });

  it('its end waits for what waits; being stopped does not', async () => {
    const { uplink, asked, settled } = world(takesAll);
    uplink.send('last');
    await uplink.end();
    uplink.send('after');
    await settled();
    expect(asked).toEqual([['0', 1, 'last']]);
    const other = world(takesAll);
    other.uplink.send('x');
    other.uplink.stop();
    await other.settled();
    expect(other.asked).toEqual([]);
  });
});

describe('a message that comes as the last request ends', () => {
  it('leaves at any moment of that', async () => {
    for (let moment = 0; moment < 30; moment += 1) {
      const { uplink, asked, settled } = world(takesAll);
      uplink.send('a');
      for (let n = 0; n < moment; n += 1) {
        await Promise.resolve();
      }
      uplink.send('b');
      await settled();
      expect([moment, asked.flat().filter((said) => said === 'b')]).toEqual([moment, ['b']]);
    }
  });
});

describe('a server that answers and takes nothing', () => {
  it('is asked again as often as one that fails, then it ends', async () => {
    const { uplink, asked, told, clock, settled } = world(() => json(200, { received: 0 }));
    uplink.send('a');
    for (let n = 0; n < 20; n += 1) {
      await settled();
      clock.advance(200);
    }
    expect(told).toHaveLength(1);
    expect(asked.length).toBeLessThan(20);
  });
});
