import { describe, expect, it } from 'vitest';
import { Admission } from '../../src/hub/admission.ts';
import { hubLimits } from '../../src/hub/options.ts';
import type { Policy } from '../../src/ports/index.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { openPolicy, settled, startWorld, type TestClient, type World } from './world.ts';

/** A policy whose answers to `connect` wait until they are given. */
function slowPolicy(): { policy: Policy; answers: ((user: string) => void)[] } {
  const answers: ((user: string) => void)[] = [];
  const connect = (): Promise<string> => new Promise((answer) => answers.push(answer));
  return { policy: { ...openPolicy, connect }, answers };
}

function come({ connect }: World, count: number, token?: string): TestClient[] {
  return Array.from({ length: count }, () => {
    const client = connect();
    client.hello(token);
    return client;
  });
}

const names = (clients: readonly TestClient[]): unknown[] => clients.map(({ why }) => why?.name);

describe('D5: hellos', () => {
  it('maxAdmitting are worked on at once; one more is sent away with BUSY, and is told when to come back', async () => {
    const { policy, answers } = slowPolicy();
    const world = await startWorld({ policy, limits: { maxAdmitting: 2 } });
    const clients = come(world, 3);
    await settled();
    expect(names(clients)).toEqual([undefined, undefined, 'BUSY']);
    expect(clients[2]!.why?.retryAfterMs).toBeGreaterThan(0);
    expect(answers).toHaveLength(2);
    answers[0]!('ann');
    await settled();
    expect(names(come(world, 2))).toEqual([undefined, 'BUSY']);
  });

  it('of clients that go while the policy thinks make room when it has answered', async () => {
    const { policy, answers } = slowPolicy();
    const world = await startWorld({ policy, limits: { maxAdmitting: 1 } });
    const [client] = come(world, 1);
    client!.desk.closed();
    await settled();
    expect(names(come(world, 1))).toEqual(['BUSY']);
    answers[0]!('ann');
    await settled();
    expect(names(come(world, 1))).toEqual([undefined]);
  });

  it('hellosPerSecond are taken in a second, and one more is sent away', async () => {
    const world = await startWorld({ limits: { hellosPerSecond: 2 } });
    expect(names(come(world, 3))).toEqual([undefined, undefined, 'BUSY']);
    world.clock.advance(500);
    expect(names(come(world, 2))).toEqual([undefined, 'BUSY']);
  });

  it('ten times as many at once change nothing but the count of those sent away', async () => {
    const world = await startWorld({ limits: { hellosPerSecond: 5 } });
    const clients = come(world, 50);
    await settled();
    expect(clients.filter(({ why }) => why === undefined)).toHaveLength(5);
    expect(world.hub.view().sessions).toBe(5);
  });
});

describe('D5: connections', () => {
  it('maxConnectionsPerUser are let in; one more is sent away, and none of another user', async () => {
    const world = await startWorld({ limits: { maxConnectionsPerUser: 2 } });
    const clients = come(world, 3);
    const other = come(world, 1, 'bob');
    await settled();
    expect(names(clients)).toEqual([undefined, undefined, 'TOO_MANY_CONNECTIONS']);
    expect(names(other)).toEqual([undefined]);
    clients[0]!.desk.closed();
    const next = come(world, 2);
    await settled();
    expect(names(next)).toEqual([undefined, 'TOO_MANY_CONNECTIONS']);
  });

  it('two that race for the last place of a user: one has it', async () => {
    const { policy, answers } = slowPolicy();
    const world = await startWorld({ policy, limits: { maxConnectionsPerUser: 1 } });
    const clients = come(world, 2);
    await settled();
    for (const answer of answers) {
      answer('ann');
    }
    await settled();
    expect(names(clients).filter((name) => name === 'TOO_MANY_CONNECTIONS')).toHaveLength(1);
    expect(world.hub.view().sessions).toBe(1);
    // Nobody can take up a session that nobody was told of.
    expect(world.engine.claims.size).toBe(2);
  });

  it('one that resumes its session takes the place of the one before', async () => {
    const world = await startWorld({ limits: { maxConnectionsPerUser: 1 } });
    const [first] = come(world, 1);
    await settled();
    const client = world.connect();
    const [resume] = first!.all('welcome');
    client.say({ type: 'hello', version: 1, capabilities: [], resume: resume! });
    await settled();
    expect([client.why, first!.why?.name]).toEqual([undefined, 'FENCED']);
  });

  it('maxSessionsPerUser are begun in sessionMs, however short; who goes on with one is let in', async () => {
    const limits = { maxSessionsPerUser: 2, sessionMs: 10_000 };
    const world = await startWorld({ limits });
    const visit = async (token: string): Promise<TestClient> => {
      const [client] = come(world, 1, token);
      await settled();
      client!.desk.closed();
      return client!;
    };
    const clients = [await visit('ann'), await visit('ann'), await visit('ann')];
    expect(names(clients)).toEqual([undefined, undefined, 'TOO_MANY_CONNECTIONS']);
    // What is kept of those that were refused is nothing.
    expect(
      [...world.engine.claims.keys()].filter((key) => key.startsWith('~session')),
    ).toHaveLength(2);
    expect((await visit('bob')).why).toBeUndefined();
    const back = world.connect();
    const [resume] = clients[0]!.all('welcome');
    back.say({ type: 'hello', version: 1, capabilities: [], token: 'ann', resume: resume! });
    await settled();
    expect(back.why).toBeUndefined();
    world.clock.advance(5_000);
    expect(names([await visit('ann'), await visit('ann')])).toEqual([
      undefined,
      'TOO_MANY_CONNECTIONS',
    ]);
  });

  it('maxConnectionsPerAddress may stand, those included that say nothing, until their pipes are closed', async () => {
    const world = await startWorld({ limits: { maxConnectionsPerAddress: 2 } });
    const clients = [world.connect(), world.connect(), world.connect()];
    expect(names(clients)).toEqual([undefined, undefined, 'TOO_MANY_CONNECTIONS']);
    // The one that was sent away has gone, which makes no room; then one of those that stood.
    clients[2]!.desk.closed();
    clients[0]!.desk.closed();
    expect(names([world.connect(), world.connect()])).toEqual([undefined, 'TOO_MANY_CONNECTIONS']);
  });
});

describe('the counts', () => {
  it('of who has gone are forgotten, and who has no address is not counted', () => {
    const limits = hubLimits({ maxConnectionsPerAddress: 1, maxConnectionsPerUser: 1 });
    const admission = new Admission(new ManualClock(), limits);
    for (let i = 0; i < 3; i += 1) {
      expect([admission.come('a'), admission.enter('u', { isResumed: false })]).toEqual([
        undefined,
        undefined,
      ]);
      admission.gone('a');
      admission.left('u');
      expect(admission.come(undefined)).toBeUndefined();
    }
    expect(admission.come('a')).toBeUndefined();
    expect(admission.come('a')?.name).toBe('TOO_MANY_CONNECTIONS');
    expect(admission.enter('u', { isResumed: false })).toBeUndefined();
    expect(admission.enter('u', { isResumed: false })?.name).toBe('TOO_MANY_CONNECTIONS');
  });

  it('of a server that is closing let nobody in, and say why', () => {
    const admission = new Admission(new ManualClock(), hubLimits());
    admission.close('a new version');
    expect(admission.hello()).toMatchObject({ name: 'BUSY', reason: 'a new version' });
  });
});
