import { describe, expect, it } from 'vitest';
import { type LadderOptions, ladder } from '../../../src/client/transports/ladder.ts';
import type {
  ClientTransport,
  Road,
  RoadListener,
} from '../../../src/client/transports/transport.ts';
import { ManualClock } from '../../../src/testing/index.ts';

/** A transport whose roads do what the test says. */
class Rung implements ClientTransport {
  readonly name: string;
  readonly roads: (RoadListener & { closedBy?: number })[] = [];
  readonly sent: unknown[] = [];

  constructor(name: string) {
    this.name = name;
  }

  open(_url: string, _subprotocols: readonly string[], listener: RoadListener): Road {
    const road: RoadListener & { closedBy?: number } = { ...listener };
    this.roads.push(road);
    return {
      send: (frame) => void this.sent.push(frame),
      close: (code) => {
        road.closedBy = code;
      },
    };
  }

  get last(): RoadListener & { closedBy?: number } {
    return this.roads.at(-1)!;
  }
}

const lost = { code: 1006, reason: 'lost' };

function world(options: LadderOptions = {}, hasBetter = false) {
  const clock = new ManualClock();
  const rungs = [new Rung('websocket'), new Rung('sse'), new Rung('long-poll')] as const;
  const probed: string[] = [];
  const net = { isUp: true };
  const fetched = ((url: string) => {
    probed.push(url);
    return net.isUp
      ? Promise.resolve(new Response(null, { status: 204 }))
      : Promise.reject(new Error('down'));
  }) as unknown as typeof globalThis.fetch;
  const transport = ladder(rungs, { clock, fetch: fetched, ...options });
  const told: unknown[] = [];
  const open = (): Road =>
    transport.open('ws://host/live', ['test'], {
      opened: () => told.push('opened'),
      received: (payload) => told.push(payload),
      ...(hasBetter ? { better: () => told.push('better') } : {}),
      closed: ({ code, reason }) => told.push(`${code} ${reason}`),
    });
  return { clock, rungs, probed, net, told, open };
}

/** Until promises that wait for nothing have settled. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('a ladder', () => {
  it('uses the first rung when that opens', async () => {
    const { rungs, probed, told, open } = world();
    const road = open();
    rungs[0].last.opened();
    rungs[0].last.received('hello');
    road.send('up');
    rungs[0].last.closed({ code: 4000, reason: 'bye' });
    expect([told, rungs[0].sent, probed]).toEqual([['opened', 'hello', '4000 bye'], ['up'], []]);
  });

  it('goes down when a rung did not open and a plain request is answered', async () => {
    const { rungs, probed, told, open } = world();
    open();
    rungs[0].last.closed(lost);
    await settled();
    expect(probed).toEqual(['http://host/live']);
    rungs[1].last.opened();
    rungs[1].last.received('x');
    expect(told).toEqual(['opened', 'x']);
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([1, 2, 0]);
  });

  it('goes down when a rung takes too long, and lets go of that', async () => {
    const { clock, rungs, told, open } = world();
    open();
    clock.advance(3_000);
    expect(rungs[0].last.closedBy).toBe(1000);
    await settled();
    rungs[0].last.opened();
    expect(told).toEqual([]);
    rungs[1].last.opened();
    expect(told).toEqual(['opened']);
  });

  it('stays where it is when no plain request is answered: a server that is down gets no slower ways on top', async () => {
    const { rungs, net, told, open } = world();
    net.isUp = false;
    open();
    rungs[0].last.closed(lost);
    await settled();
    expect(told).toEqual(['1006 lost']);
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([2, 0, 0]);
  });

  it('begins at the top again when none opened', async () => {
    const { rungs, told, open } = world();
    open();
    for (const rung of rungs) {
      rung.last.closed(lost);
      await settled();
    }
    expect(told).toEqual(['1006 lost']);
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([2, 1, 1]);
  });

  it('stays on the last rung through an outage of the server', async () => {
    let kept: string | undefined = 'long-poll';
    const memory = {
      get: () => kept,
      set: (name: string) => {
        kept = name;
      },
    };
    const { rungs, net, told, open } = world({ memory });
    net.isUp = false;
    open();
    rungs[2].last.closed(lost);
    await settled();
    open();
    expect([rungs.map(({ roads }) => roads.length), kept]).toEqual([[0, 0, 2], 'long-poll']);
    expect(told).toEqual(['1006 lost']);
  });

  it('avoids a rung that opens and then never brings anything', async () => {
    const { rungs, told, open } = world();
    open();
    rungs[0].last.opened();
    rungs[0].last.closed(lost);
    await settled();
    expect(told).toEqual(['opened', '1006 lost']);
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([1, 1, 0]);
  });

  it('avoids a rung that the client gave up waiting on, but not one that it left at once', async () => {
    const { clock, rungs, open } = world();
    const left = open();
    rungs[0].last.opened();
    left.close(1000, '');
    await settled();
    const silent = open();
    rungs[0].last.opened();
    clock.advance(10_000);
    silent.close(3008, 'CONNECT_TOO_LATE');
    await settled();
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([2, 1, 0]);
  });

  it('climbs in the middle of a session when a rung above opens again', async () => {
    const { clock, rungs, told, open } = world();
    open();
    rungs[0].last.closed(lost);
    await settled();
    rungs[1].last.opened();
    rungs[1].last.received('x');
    clock.advance(60_000);
    expect([rungs[0].roads.length, told]).toEqual([2, ['opened', 'x']]);
    rungs[0].last.opened();
    expect(told).toEqual(['opened', 'x', '1012 a better way has opened']);
    expect([rungs[0].last.closedBy, rungs[1].last.closedBy]).toEqual([1000, 1000]);
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([3, 1, 0]);
  });

  it('a client that can is told of the better way, and leaves the road that it has when it likes', async () => {
    const { clock, rungs, told, open } = world({}, true);
    const road = open();
    rungs[0].last.closed(lost);
    await settled();
    rungs[1].last.opened();
    rungs[1].last.received('x');
    clock.advance(60_000);
    rungs[0].last.opened();
    expect(told).toEqual(['opened', 'x', 'better']);
    open();
    rungs[0].last.opened();
    rungs[1].last.received('y');
    road.close(1000, '');
    expect(told).toEqual(['opened', 'x', 'better', 'opened', 'y']);
    expect([rungs[0].roads.length, rungs[1].last.closedBy, rungs[0].last.closedBy]).toEqual([
      3,
      1000,
      undefined,
    ]);
  });

  it('tries to climb half as often after each vain try', async () => {
    const { clock, rungs, told, open } = world();
    open();
    rungs[0].last.closed(lost);
    await settled();
    rungs[1].last.opened();
    rungs[1].last.received('x');
    const tries: number[] = [];
    for (let minute = 1; minute <= 16; minute += 1) {
      const before = rungs[0].roads.length;
      clock.advance(60_000);
      if (rungs[0].roads.length > before) {
        tries.push(minute);
        rungs[0].last.closed(lost);
      }
    }
    expect(tries).toEqual([1, 3, 7, 15]);
    expect(told).toEqual(['opened', 'x']);
  });

  it('climbs half as often, too, to a rung that opens each time and never brings anything', async () => {
    const { clock, rungs, told, open } = world({}, true);
    open();
    rungs[0].last.closed(lost);
    await settled();
    rungs[1].last.opened();
    rungs[1].last.received('x');
    const tries: number[] = [];
    let waitedMs = 0;
    for (let minute = 1; minute <= 16; minute += 1) {
      const before = rungs[0].roads.length;
      clock.advance(60_000 - waitedMs);
      waitedMs = 0;
      if (rungs[0].roads.length > before) {
        tries.push(minute);
        rungs[0].last.opened();
        // The client opens beside the road that it has, and gives up.
        const road = open();
        rungs[0].last.opened();
        waitedMs = 4_000;
        clock.advance(waitedMs);
        road.close(3008, 'CONNECT_TOO_LATE');
        await settled();
      }
    }
    expect(tries).toEqual([1, 3, 7, 15]);
    expect(told.filter((what) => what === 'better')).toHaveLength(4);
  });

  it('when a rung above brought something, the first time to climb counts again', async () => {
    const { clock, rungs, open } = world();
    open();
    rungs[0].last.closed(lost);
    await settled();
    rungs[1].last.opened();
    rungs[1].last.received('x');
    clock.advance(60_000);
    rungs[0].last.closed(lost);
    clock.advance(120_000);
    rungs[0].last.opened();
    open();
    rungs[0].last.opened();
    rungs[0].last.received('y');
    rungs[0].last.closed(lost);
    open();
    rungs[0].last.closed(lost);
    await settled();
    rungs[1].last.opened();
    rungs[1].last.received('z');
    const before = rungs[0].roads.length;
    clock.advance(60_000);
    expect(rungs[0].roads.length).toBe(before + 1);
  });

  it('remembers what worked, where there is memory, and nothing fails where that does', async () => {
    let kept: string | undefined = 'long-poll';
    const memory = {
      get: () => kept,
      set: (name: string) => {
        kept = name;
      },
    };
    const { rungs, open } = world({ memory });
    open();
    expect(rungs.map(({ roads }) => roads.length)).toEqual([0, 0, 1]);
    rungs[2].last.closed(lost);
    await settled();
    expect(kept).toBe('websocket');
    const refuse = (): never => {
      throw new Error('no storage here');
    };
    const other = world({ memory: { get: refuse, set: refuse } });
    other.open();
    other.rungs[0].last.opened();
    other.rungs[0].last.received('x');
    expect(other.told).toEqual(['opened', 'x']);
  });

  it('closing it ends whatever is under way, without a word', async () => {
    const { clock, rungs, told, open } = world();
    const road = open();
    road.close(1000, 'enough');
    expect(rungs[0].last.closedBy).toBe(1000);
    rungs[0].last.closed(lost);
    await settled();
    clock.advance(100_000);
    expect([told, rungs[1].roads]).toEqual([[], []]);
  });

  it('has rungs, and times above zero', () => {
    expect(() => ladder([])).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(() => ladder([new Rung('x')], { rungWithinMs: 0 })).toThrow(/times above zero/);
  });
});

describe('connections that are cut before it is time to climb', () => {
  it('do not keep the ladder down: the time goes on with the next', async () => {
    const { clock, rungs, open } = world({}, true);
    open();
    rungs[0].last.closed(lost);
    await settled();
    for (let n = 0; n < 4; n += 1) {
      rungs[1].last.opened();
      rungs[1].last.received('x');
      clock.advance(25_000);
      if (rungs[0].roads.length > 1) {
        break;
      }
      rungs[1].last.closed(lost);
      open();
    }
    expect(rungs[0].roads.length).toBe(2);
  });
});
