import { describe, expect, it } from 'vitest';
import { BrokerError, type Policy } from '../../../src/ports/index.ts';
import type { Welcome } from '../../../src/wire/index.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { atRest, openPolicy, settled, startWorld, type TestClient, type World } from '../world.ts';

type Resume = { readonly session: string; readonly secret: string };

async function come(world: World, resume?: Resume, token = 'ann'): Promise<[TestClient, Welcome]> {
  const client = world.connect();
  const named = resume === undefined ? {} : { resume };
  client.say({ type: 'hello', version: 1, capabilities: [], token, ...named });
  await settled();
  return [client, client.all('welcome')[0]!];
}

/** Two nodes on one engine, with one clock. */
async function twoNodes(): Promise<[World, World]> {
  const engine = new ScriptedEngine();
  const one = await startWorld({ engine });
  const two = await startWorld({ engine, clock: one.clock });
  engine.clock = one.clock;
  return [one, two];
}

describe('a session', () => {
  it('goes on by another connection, with a new secret, and the old one is fenced at once', async () => {
    const world = await startWorld();
    const [first, welcome] = await come(world);
    expect(welcome.resumed).toBe(false);
    const [second, again] = await come(world, welcome);
    expect([again.resumed, again.session]).toEqual([true, welcome.session]);
    expect(again.secret).not.toBe(welcome.secret);
    expect(first.why?.name).toBe('FENCED');
    expect(second.why).toBeUndefined();
    expect(world.notes).toEqual([
      'connected ann',
      'disconnected FENCED',
      'connected ann',
      'resumed ann',
    ]);
    expect(world.hub.view().sessions).toBe(1);
  });

  it('goes on by a connection to another node, and is fenced there', async () => {
    const [one, two] = await twoNodes();
    const [first, welcome] = await come(one);
    const [, again] = await come(two, welcome);
    expect([again.resumed, again.session]).toEqual([true, welcome.session]);
    expect(first.why?.name).toBe('FENCED');
  });

  it('whose fence was lost on the way finds out when it renews its claim', async () => {
    const [one, two] = await twoNodes();
    const [first, welcome] = await come(one);
    one.broker.isBusDeaf = true;
    await come(two, welcome);
    expect(first.why).toBeUndefined();
    one.clock.advance(40_000);
    await settled();
    expect(first.why?.name).toBe('FENCED');
  });

  it('can be resumed for two minutes after its client has gone, and not longer', async () => {
    for (const [afterMs, resumed] of [
      [119_999, true],
      [120_000, false],
    ] as const) {
      const world = await startWorld();
      const [first, welcome] = await come(world);
      world.clock.advance(39_999);
      first.desk.closed();
      await settled();
      world.clock.advance(afterMs);
      expect((await come(world, welcome))[1].resumed).toBe(resumed);
    }
  });

  it('is kept for as long as its client is there', async () => {
    const world = await startWorld();
    const [first, welcome] = await come(world);
    for (let i = 0; i < 20; i += 1) {
      world.clock.advance(40_000);
      await settled();
    }
    expect(first.why).toBeUndefined();
    expect((await come(world, welcome))[1].resumed).toBe(true);
  });

  it('whose lease ended unnoticed takes it again, if nobody else has', async () => {
    const world = await startWorld();
    const [first, welcome] = await come(world);
    world.engine.claims.delete(`~session:${welcome.session}`);
    world.clock.advance(40_000);
    await settled();
    expect(first.why).toBeUndefined();
    expect((await come(world, welcome))[1].resumed).toBe(true);
  });

  it('that cannot be claimed serves its client, and can be resumed once it could be', async () => {
    const world = await startWorld();
    world.broker.failNext('put', new Error('busy'));
    const [first, welcome] = await come(world);
    expect(welcome.resumed).toBe(false);
    world.clock.advance(40_000);
    await settled();
    expect(first.why).toBeUndefined();
    expect((await come(world, welcome))[1].resumed).toBe(true);
    expect(world.failures).toHaveLength(1);
  });
});

describe('a claim that was done, and whose answer was lost', () => {
  const lost = new BrokerError('BROKER_UNREACHABLE', 'no answer', true);

  it('of a fresh session is its own: it is not fenced by it', async () => {
    const world = await startWorld();
    world.broker.loseNextAnswer('put', lost);
    const [first, welcome] = await come(world);
    for (let i = 0; i < 10; i += 1) {
      world.clock.advance(40_000);
      await settled();
    }
    expect(first.why).toBeUndefined();
    expect((await come(world, welcome))[1].resumed).toBe(true);
    expect(world.failures).toEqual([lost]);
  });

  it('of a session that goes on is found, and goes on', async () => {
    const world = await startWorld();
    const [first, welcome] = await come(world);
    world.broker.loseNextAnswer('put', lost);
    const [second, again] = await come(world, welcome);
    expect([again.resumed, again.session]).toEqual([true, welcome.session]);
    expect(first.why?.name).toBe('FENCED');
    world.clock.advance(40_000);
    await settled();
    expect(second.why).toBeUndefined();
    expect((await come(world, again))[1].resumed).toBe(true);
  });

  it('and that cannot be found either is another session, which nobody fences', async () => {
    const world = await startWorld();
    const [, welcome] = await come(world);
    world.broker.loseNextAnswer('put', lost);
    world.broker.hold('put');
    const coming = come(world, welcome);
    await settled();
    world.broker.letGoOne('put');
    await settled();
    world.broker.failNext('put', lost);
    world.broker.letGo('put');
    const [second] = await coming;
    await settled();
    expect(second.all('welcome')).toMatchObject([{ resumed: false }]);
    world.clock.advance(40_000);
    await settled();
    expect(second.why).toBeUndefined();
  });
});

describe('a client that goes while its session is taken over', () => {
  it('can go on with it by its former secret: it was never told another', async () => {
    const world = await startWorld();
    const [first, welcome] = await come(world);
    world.broker.hold('put');
    const [second] = await come(world, welcome);
    second.desk.closed();
    world.broker.letGo('put');
    await settled();
    expect(first.why?.name).toBe('FENCED');
    const [, again] = await come(world, welcome);
    expect([again.resumed, again.session]).toEqual([true, welcome.session]);
    // Good once, as ever.
    expect((await come(world, welcome))[1].resumed).toBe(false);
  });

  it('one that is sent away because too many are there can, too', async () => {
    const world = await startWorld({ limits: { maxConnectionsPerUser: 1 } });
    const [first, welcome] = await come(world);
    first.desk.closed();
    const [other] = await come(world);
    const [second] = await come(world, welcome);
    expect(second.why?.name).toBe('TOO_MANY_CONNECTIONS');
    await settled();
    other.desk.closed();
    expect((await come(world, welcome))[1].resumed).toBe(true);
  });
});

describe('D7: a secret', () => {
  it('D7: that was used is good for nothing when it is replayed: its holder gets a session of its own, and fences nobody', async () => {
    const world = await startWorld();
    const [, welcome] = await come(world);
    const [second] = await come(world, welcome);
    const [, replayed] = await come(world, welcome);
    expect(replayed.resumed).toBe(false);
    expect(replayed.session).not.toBe(welcome.session);
    expect(second.why).toBeUndefined();
  });

  it.each([
    ['another user’s', (secret: string) => secret, 'bob'],
    ['truncated', (secret: string) => secret.slice(0, -1), 'ann'],
    ['empty', () => '', 'ann'],
    ['longer', (secret: string) => `${secret}0`, 'ann'],
  ])('D7: %s is good for nothing', async (_, change, user) => {
    const world = await startWorld();
    const [first, welcome] = await come(world);
    const resume = { session: welcome.session, secret: change(welcome.secret) };
    const [, other] = await come(world, resume, user);
    expect([other.resumed, other.user]).toEqual([false, user]);
    expect(first.why).toBeUndefined();
    // And whose it is still has it.
    expect((await come(world, welcome))[1].resumed).toBe(true);
  });

  it('D7: shown by several at once, on two nodes, is good for exactly one', async () => {
    const [one, two] = await twoNodes();
    const [, welcome] = await come(one);
    for (const { broker } of [one, two]) {
      broker.hold('get');
    }
    const coming = [one, two, one, two].map((world) => come(world, welcome));
    await settled();
    for (const { broker } of [one, two]) {
      broker.letGo('get');
    }
    await settled();
    const clients = (await Promise.all(coming)).map(([client]) => client.all('welcome')[0]!);
    expect(clients.filter(({ resumed }) => resumed)).toHaveLength(1);
    expect(new Set(clients.map(({ session }) => session)).size).toBe(4);
  });

  it('D7: is not in the engine, and neither a name of another shape nor what stands there unread is a session', async () => {
    const world = await startWorld();
    const [, welcome] = await come(world);
    const claim = world.engine.claims.get(`~session:${welcome.session}`)!;
    expect(claim.value).not.toContain(welcome.secret);
    for (const session of ['', '../x', 'x'.repeat(64), '~node:1']) {
      expect((await come(world, { session, secret: welcome.secret }))[1].resumed).toBe(false);
    }
    const junk = 'a'.repeat(26);
    world.engine.claims.set(`~session:${junk}`, { ...claim, value: '{' });
    expect((await come(world, { session: junk, secret: 'x' }))[1].resumed).toBe(false);
  });

  it('D7: does not let in whom the policy does not let in any more', async () => {
    let isIn = true;
    const policy: Policy = { ...openPolicy, connect: () => (isIn ? 'ann' : undefined) };
    const world = await startWorld({ policy });
    const [first, welcome] = await come(world);
    isIn = false;
    const [second] = await come(world, welcome);
    expect(second.why?.name).toBe('UNAUTHORISED');
    expect(first.why).toBeUndefined();
  });
});

describe('D6: what a client that comes and goes leaves behind', () => {
  it('is a claim that ends, and nothing on the node', async () => {
    const world = await startWorld();
    for (let i = 0; i < 100; i += 1) {
      const [client] = await come(world);
      client.subscribe('news');
      await settled();
      client.desk.closed();
    }
    await settled();
    expect(world.hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
    expect(world.clock.pending).toBe(atRest);
  });
});
