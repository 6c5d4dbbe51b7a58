/** A subscription that is live, and how its seat is given up. */
import { admit, caughtUp, connectedWorld, type FakeRoad, watch } from './world.ts';

export function leave(road: FakeRoad): void {
  const { id, channel } = road.last('unsubscribe');
  road.say({ type: 'unsubscribed', id, channel });
}

/** A subscription that is live at entry 1. */
export function live() {
  const world = connectedWorld({ pingAfterMs: 600_000, pongWithinMs: 600_000 });
  const subscription = world.client.subscribe('room');
  const told = watch(subscription);
  admit(world.road(), 1);
  caughtUp(world.road(), 1);
  told.length = 0;
  return { ...world, subscription, told };
}
