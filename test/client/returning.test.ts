import { describe, expect, it } from 'vitest';
import type { ClientOptions } from '../../src/client/options.ts';
import {
  admit,
  caughtUp,
  connectedWorld,
  type FakeRoad,
  failure,
  place,
  publish,
  startWorld,
  turn,
  type World,
  watch,
  welcome,
} from './world.ts';

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

function secretOf(n: number): string {
  return `secret ${n} `.padEnd(22, 'x');
}

/** Lets the client in, with a secret of its own for each time. */
function letIn(road: FakeRoad, n: number, { resumed = true, session = 's1' } = {}): void {
  road.open();
  road.say({ ...welcome(), session, secret: secretOf(n), resumed });
}

describe('the stay', () => {
  it('is named in the next hello, with the secret of the latest welcome', () => {
    const { clock, road } = startWorld();
    letIn(road(), 1, { resumed: false });
    expect(road().last('hello')).not.toHaveProperty('resume');
    road().end();
    clock.advance(500);
    letIn(road(), 2);
    expect(road().last('hello').resume).toEqual({ session: 's1', secret: secretOf(1) });
    road().end();
    clock.advance(500);
    road().open();
    expect(road().last('hello').resume).toEqual({ session: 's1', secret: secretOf(2) });
  });

  it('a client that finds itself fenced comes back with a new one', () => {
    const { clock, road, changes } = startWorld();
    letIn(road(), 1, { resumed: false });
    road().say({ type: 'disconnect', code: 4003, name: 'FENCED', reason: 'elsewhere' });
    expect(changes.at(-1)).toMatchObject({ status: 'waiting', error: { code: 'FENCED' } });
    clock.advance(500);
    road().open();
    expect(road().last('hello')).not.toHaveProperty('resume');
  });
});

/** Live at entry 1 of `room`, on a server that then says that it stops within 10 s. */
function draining(options: ClientOptions = {}): World & { told: unknown[] } {
  const world = connectedWorld({ ...steady, ...options });
  const told = watch(world.client.subscribe('room'));
  admit(world.road(), 1);
  caughtUp(world.road(), 1);
  told.length = 0;
  world.road().say({ type: 'drain', reconnectWithinMs: 10_000, reason: 'new version' });
  return { ...world, told };
}

describe('a server that drains', () => {
  it('is left at a moment of the client’s own within the window', () => {
    for (const random of [0, 0.5, 0.999]) {
      const { clock, roads } = draining({ random: () => random });
      clock.advance(10_000 * random - 1 < 0 ? 0 : 10_000 * random - 1);
      expect(roads).toHaveLength(random === 0 ? 2 : 1);
      clock.advance(1);
      expect(roads).toHaveLength(2);
    }
  });

  it('serves until another has let the client in; nothing is lost or doubled', async () => {
    const { client, clock, roads, told, changes } = draining();
    clock.advance(5_000);
    const [old, next] = roads as [FakeRoad, FakeRoad];
    next.open();
    publish(old, 2);
    const stored = client.publish('room', 'hi');
    await turn();
    const publication = old.last('publish');
    expect(told).toEqual([2]);
    next.say({ ...welcome(), resumed: true });
    expect(old.closedWith?.code).toBe(1000);
    publish(old, 3);
    expect(next.last('hello').resume).toMatchObject({ session: 's1' });
    expect(next.joins()).toMatchObject([{ channel: 'room', since: place(2) }]);
    expect(next.last('publish')).toMatchObject({ producer: publication.producer });
    next.say({ type: 'appended', id: next.last('publish').id, position: place(4) });
    expect(await stored).toMatchObject({ id: 'id4' });
    admit(next, 2);
    publish(next, 3);
    caughtUp(next, 3);
    expect(told).toEqual([2, 'catchingUp', 3, 'live']);
    expect([changes, client.status]).toEqual([[], 'connected']);
  });

  it('what is asked before another has let the client in is asked here', () => {
    const { client, clock, roads } = draining();
    clock.advance(5_000);
    const [old, next] = roads as [FakeRoad, FakeRoad];
    next.open();
    client.subscribe('other');
    client.subscribe('another');
    expect(old.joins().map(({ channel }) => channel)).toContain('another');
    expect(next.sent.map(({ type }) => type)).toEqual(['hello']);
  });

  it('what was asked and not answered is asked again', async () => {
    const { client, clock, roads } = draining();
    const history = client.history('room');
    const called = client.call('sum', 1);
    clock.advance(5_000);
    const next = roads[1]!;
    next.open();
    next.say({ ...welcome(), resumed: true });
    const page = { channel: 'room', publications: [], top: place(0), more: false };
    next.say({ type: 'historyPage', id: next.last('history').id, ...page });
    next.say({ type: 'reply', id: next.last('call').id, data: 2 });
    expect(await Promise.all([history, called])).toMatchObject([{ more: false }, 2]);
  });

  it('fences the old connection before the new one is welcomed: nobody sees that', () => {
    const { client, clock, roads, changes, told } = draining();
    clock.advance(5_000);
    const [old, next] = roads as [FakeRoad, FakeRoad];
    next.open();
    old.say({ type: 'disconnect', code: 4003, name: 'FENCED', reason: 'elsewhere' });
    next.say({ ...welcome(), resumed: true });
    expect(next.joins()).toMatchObject([{ since: place(1) }]);
    expect([client.status, changes, told]).toEqual(['connected', [], []]);
  });

  it('goes before another has let the client in: no signal is said there before the hello and the welcome', () => {
    const { client, clock, roads } = draining();
    clock.advance(5_000);
    const [old, next] = roads as [FakeRoad, FakeRoad];
    const room = client.subscribe('room');
    old.end();
    expect(room.signal('too early')).toBe(false);
    next.open();
    expect(room.signal('too early')).toBe(false);
    expect(next.sent.map(({ type }) => type)).toEqual(['hello']);
    next.say({ ...welcome(), resumed: true });
    expect([room.signal('heard'), next.last('signal').data]).toEqual([true, 'heard']);
  });

  it('both are gone: the client comes back as ever', () => {
    const { client, clock, roads, changes } = draining();
    clock.advance(5_000);
    roads[0]!.end();
    expect(client.status).toBe('connected');
    roads[1]!.end();
    expect(changes).toMatchObject([{ status: 'waiting' }]);
    clock.advance(500);
    expect(roads).toHaveLength(3);
    roads[2]!.welcome();
    expect(roads[2]!.joins()).toMatchObject([{ since: place(1) }]);
  });

  it('another that does not let the client in is tried again, and the old one serves on', () => {
    const { clock, roads, told, changes } = draining();
    clock.advance(5_000);
    roads[1]!.end();
    publish(roads[0]!, 2);
    clock.advance(250);
    expect(roads).toHaveLength(3);
    expect([told, changes]).toEqual([[2], []]);
  });

  it('another that sends the client away for good is not asked again', () => {
    const { client, clock, roads } = draining();
    clock.advance(5_000);
    roads[1]!.end(4503);
    clock.advance(60_000);
    expect([roads.length, client.status]).toEqual([2, 'connected']);
  });

  it('closed meanwhile, both connections are left', () => {
    const { client, clock, roads } = draining();
    clock.advance(5_000);
    client.close();
    expect(roads.map(({ closedWith }) => closedWith?.code)).toEqual([1000, 1000]);
    expect(clock.pending).toBe(0);
  });

  it('lost before the moment came, there is one connection again, not two', () => {
    const { clock, roads } = draining();
    roads[0]!.end();
    clock.advance(250);
    roads[1]!.welcome();
    clock.advance(9_000);
    expect(roads).toHaveLength(2);
  });

  it('that asks for a longer time than the longest is left after the longest', () => {
    const { clock, roads, road } = connectedWorld({
      pingAfterMs: 10_000_000,
      pongWithinMs: 10_000_000,
      random: () => 0.999_999_9,
    });
    road().say({ type: 'drain', reconnectWithinMs: 2 ** 40, reason: '' });
    clock.advance(3_600_000);
    expect(roads).toHaveLength(2);
  });
});

describe('a road that knows a better one', () => {
  it('is left for another as soon as that one lets the client in', () => {
    const { client, clock, roads, changes } = connectedWorld(steady);
    client.subscribe('room', { since: 'e1:1:id1' });
    roads[0]!.better();
    clock.advance(0);
    expect(roads).toHaveLength(2);
    roads[0]!.better();
    clock.advance(0);
    expect(roads).toHaveLength(2);
    roads[1]!.resumed();
    expect(roads[1]!.joins()).toMatchObject([{ channel: 'room', since: place(1) }]);
    expect([changes, roads[0]!.closedWith?.code]).toEqual([[], 1000]);
  });

  it('before it is welcomed it knows none', async () => {
    const { clock, roads, client } = startWorld();
    roads[0]!.better();
    clock.advance(0);
    expect(roads).toHaveLength(1);
    const unsent = failure(client.history('room'));
    client.close();
    await unsent;
  });
});

describe('servers that drain as soon as they are reached', () => {
  it('are not stormed: each vain move waits longer', () => {
    const { clock, roads } = connectedWorld(steady);
    for (let n = 0; n < 200; n += 1) {
      const road = roads.at(-1)!;
      if (road.sent.length === 0) {
        letIn(road, n);
      }
      road.say({ type: 'drain', reconnectWithinMs: 0, reason: 'all stop' });
      clock.advance(50);
    }
    // Ten seconds.
    expect(roads.length).toBeLessThan(12);
  });

  it('another that asks not to be tried for ever is tried after the longest time', () => {
    const { clock, roads } = draining({ pingAfterMs: 10_000_000, pongWithinMs: 10_000_000 });
    clock.advance(5_000);
    roads[1]!.open();
    roads[1]!.say({
      type: 'disconnect',
      code: 4004,
      name: 'BUSY',
      reason: '',
      retryAfterMs: 2 ** 40,
    });
    clock.advance(3_600_250);
    expect(roads).toHaveLength(3);
  });
});
