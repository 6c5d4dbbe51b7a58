/** Each way to misuse a secret that is not one's own, or not good any more. */
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import type { Welcome } from '../../../src/wire/index.ts';
import { ScriptedEngine } from '../scripted-broker.ts';
import { openPolicy, settled, startWorld, type TestClient, type World } from '../world.ts';

type Resume = { readonly session: string; readonly secret: string };

async function come(
  world: World,
  resume?: Resume,
  token = 'ann',
): Promise<[TestClient, Welcome | undefined]> {
  const client = world.connect();
  const named = resume === undefined ? {} : { resume };
  client.say({ type: 'hello', version: 1, capabilities: [], token, ...named });
  await settled();
  return [client, client.all('welcome')[0]];
}

/** Somebody who was there, and what is needed to come back. */
async function been(world: World): Promise<Resume> {
  const [client, welcome] = await come(world);
  client.desk.closed();
  await settled();
  return { session: welcome!.session, secret: welcome!.secret };
}

describe('D7: a stolen secret', () => {
  it('D7: after logout lets nobody in: the token is asked about again', async () => {
    const loggedIn = new Set(['ann']);
    const connect: Policy['connect'] = ({ token }) =>
      loggedIn.has(token ?? '') ? token : undefined;
    const world = await startWorld({ policy: { ...openPolicy, connect } });
    const resume = await been(world);
    loggedIn.delete('ann');
    const [thief, welcome] = await come(world, resume);
    expect([thief.why?.name, welcome]).toEqual(['UNAUTHORISED', undefined]);
    loggedIn.add('ann');
    expect((await come(world, resume))[1]!.resumed).toBe(true);
  });

  it('D7: after logout, by which the session was revoked, is good for nothing, though the token still is', async () => {
    const world = await startWorld();
    const [owner, welcome] = await come(world);
    await world.hub.revoke({ session: welcome!.session }, { reason: 'logged out' });
    expect([owner.why?.name, owner.why?.reason]).toEqual(['REVOKED', 'logged out']);
    const [, thief] = await come(world, welcome);
    expect([thief!.resumed, thief!.session === welcome!.session]).toEqual([false, false]);
    expect(await world.hub.toSession(welcome!.session, 'for the owner')).toBe(false);
  });

  it.each(['get', 'put'] as const)(
    'D7: after revocation is good for nothing, also when that comes while it is looked at: at %s',
    async (step) => {
      const world = await startWorld();
      const resume = await been(world);
      world.broker.hold(step);
      const coming = come(world, resume);
      await settled();
      await world.hub.revoke({ user: 'ann' });
      world.broker.letGo(step);
      await settled();
      const [thief] = await coming;
      expect([thief.why?.name, thief.all('welcome')]).toEqual(['REVOKED', []]);
      await settled();
      expect(world.engine.claims.has(`~session:${resume.session}`)).toBe(false);
      expect((await come(world, resume))[1]!.resumed).toBe(false);
    },
  );

  it('D7: after revocation opens no channel: each is asked about again, with its position in hand', async () => {
    let mayRead = true;
    const subscribe: Policy['subscribe'] = () => mayRead;
    const world = await startWorld({ policy: { ...openPolicy, subscribe } });
    const [first, welcome] = await come(world);
    first.subscribe('news');
    await settled();
    const { position } = first.all('subscribed')[0]!;
    await world.hub.publish('news', 'secret');
    mayRead = false;
    const [second, again] = await come(world, welcome);
    expect(again!.resumed).toBe(true);
    second.say({ type: 'resume', id: 1, channels: [{ channel: 'news', since: position }] });
    await settled();
    expect(second.all('error').map(({ code, channel }) => [code, channel])).toEqual([
      ['FORBIDDEN', 'news'],
    ]);
    expect([second.all('subscribed'), second.all('publication')]).toEqual([[], []]);
  });

  it('D7: across epochs is good for nothing: an engine that forgot the session knows no secret of it', async () => {
    const before = await startWorld();
    const resume = await been(before);
    const after = await startWorld({ engine: new ScriptedEngine() });
    const [client, welcome] = await come(after, resume);
    expect([welcome!.resumed, welcome!.session === resume.session, client.why]).toEqual([
      false,
      false,
      undefined,
    ]);
  });

  it('D7: with another user’s token fences nobody, and costs the owner nothing', async () => {
    const world = await startWorld();
    const [owner, welcome] = await come(world);
    for (const token of ['bob', 'Ann', 'ann ', 'ann\u0000', 'nn', '']) {
      const [, other] = await come(world, welcome, token);
      expect(other?.resumed ?? false, token).toBe(false);
    }
    expect(owner.why).toBeUndefined();
    expect((await come(world, welcome))[1]!.resumed).toBe(true);
  });

  it('D7: fixed by a client is nothing to it: nobody chooses the name of a session, or its secret', async () => {
    const world = await startWorld();
    const chosen = { session: 'a'.repeat(26), secret: 'b'.repeat(32) };
    const [, welcome] = await come(world, chosen);
    expect(welcome!.resumed).toBe(false);
    expect(welcome!.session).not.toBe(chosen.session);
    expect(welcome!.secret).not.toBe(chosen.secret);
  });

  it('D7: cannot be guessed from others: each is new, of 128 bits and more, and changes with each use', async () => {
    const world = await startWorld();
    const secrets: string[] = [];
    for (let count = 0; count < 100; count += 1) {
      let [, welcome] = await come(world);
      for (let use = 0; use < 3; use += 1) {
        secrets.push(welcome!.secret);
        [, welcome] = await come(world, welcome);
        expect(welcome!.resumed).toBe(true);
      }
    }
    expect(new Set(secrets).size).toBe(300);
    const alphabet = new Set(secrets.join('')).size;
    const bits = Math.min(...secrets.map(({ length }) => length * Math.log2(alphabet)));
    expect(bits).toBeGreaterThanOrEqual(128);
  });
});
