import { describe, expect, it } from 'vitest';
import type { Road } from '../../src/client/index.ts';
import { ManualClock } from '../../src/testing/index.ts';
import { type CuttableTransport, cuttable } from '../../standalone/console/src/cuttable.ts';
import { FakeRoad } from '../client/world.ts';

interface Net {
  readonly network: CuttableTransport;
  readonly clock: ManualClock;
  /** The server's ends. */
  readonly roads: FakeRoad[];
  readonly told: string[];
  readonly open: () => Road;
}

function net(): Net {
  const clock = new ManualClock();
  const roads: FakeRoad[] = [];
  const told: string[] = [];
  const network = cuttable(
    {
      name: 'fake',
      open(url, subprotocols, listener) {
        const road = new FakeRoad(url, subprotocols, listener);
        roads.push(road);
        return road;
      },
    },
    clock,
  );
  const open = (): Road =>
    network.open('ws://a.example/', ['x'], {
      opened: () => told.push('opened'),
      received: (payload) => told.push(`received ${payload.toString()}`),
      closed: ({ code, reason }) => told.push(`closed ${code} ${reason}`),
    });
  return { network, clock, roads, told, open };
}

const ping = '{"type":"ping","id":1}';

describe('a network that can be cut', () => {
  it('is the network that it was given, while it is whole', () => {
    const { network, roads, told, open } = net();
    const road = open();
    roads[0]!.open();
    roads[0]!.sayRaw('hello');
    road.send(ping);
    roads[0]!.end(1001, 'gone');
    road.close(1000, 'bye');
    expect(network.name).toBe('fake');
    expect(roads[0]!.url).toBe('ws://a.example/');
    expect(roads[0]!.subprotocols).toEqual(['x']);
    expect(told).toEqual(['opened', 'received hello', 'closed 1001 gone']);
    expect(roads[0]!.sent).toEqual([{ type: 'ping', id: 1 }]);
    expect(roads[0]!.closedWith).toEqual({ code: 1000, reason: 'bye' });
  });

  it('a cut ends every road that is open, once, and lets nothing through in either direction', () => {
    const { network, roads, told, open } = net();
    const first = open();
    open();
    roads[0]!.open();
    network.cut(5000);
    expect(told).toEqual(['opened', 'closed 1006 cut', 'closed 1006 cut']);
    first.send(ping);
    roads[0]!.sayRaw('late');
    roads[1]!.open();
    roads[0]!.end(1000, 'bye');
    network.cut(5000);
    expect(told).toHaveLength(3);
    expect(roads[0]!.sent).toEqual([]);
  });

  it('a road that had ended is not ended again by a cut', () => {
    const { network, roads, told, open } = net();
    open();
    roads[0]!.end(1001, 'gone');
    network.cut(5000);
    expect(told).toEqual(['closed 1001 gone']);
  });

  it('until the time is over a new road is closed, after the call and without asking the network', () => {
    const { network, clock, roads, told, open } = net();
    network.cut(5000);
    clock.advance(4999);
    open();
    expect(told).toEqual([]);
    clock.advance(0);
    expect(told).toEqual(['closed 1006 cut']);
    expect(roads).toHaveLength(0);
    clock.advance(1);
    open();
    expect(roads).toHaveLength(1);
  });

  it('a road that was opened while it was cut, and closed, says nothing more', () => {
    const { network, clock, told, open } = net();
    network.cut(5000);
    const road = open();
    road.send(ping);
    road.close(1000, '');
    clock.advance(10_000);
    expect(told).toEqual([]);
  });
});
