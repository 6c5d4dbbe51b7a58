/**
 * The core of the client in the world of `world.ts`: roads that a test holds at the other end, and a clock turned by hand.
 */
import type { CoreClient, StatusChange } from '../../src/client/client.ts';
import type { CoreOptions } from '../../src/client/client-options.ts';
import { createClient } from '../../src/client/core.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { FakeRoad } from './world.ts';

export interface CoreWorld {
  readonly client: CoreClient;
  readonly clock: ManualClock;
  readonly roads: FakeRoad[];
  readonly changes: StatusChange[];
  /** The present connection. */
  readonly road: () => FakeRoad;
}

export function startCore(options: CoreOptions = {}): CoreWorld {
  const clock = new ManualClock();
  const roads: FakeRoad[] = [];
  const client = createClient('ws://example.test/', {
    clock,
    random: () => 0.5,
    transport: {
      name: 'fake',
      open(url, subprotocols, listener) {
        const road = new FakeRoad(url, subprotocols, listener);
        roads.push(road);
        return road;
      },
    },
    ...options,
  });
  const changes: StatusChange[] = [];
  client.on('status', (change) => changes.push(change));
  return { client, clock, roads, changes, road: () => roads.at(-1)! };
}

/** The core of which the server has let in the client. */
export function connectedCore(options: CoreOptions = {}): CoreWorld {
  const world = startCore(options);
  world.road().welcome();
  world.changes.length = 0;
  return world;
}
