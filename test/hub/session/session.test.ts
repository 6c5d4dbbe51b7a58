import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { ClientMessage } from '../../../src/wire/index.ts';
import { atRest, makeWorld, openPolicy, settled, startWorld, type TestClient } from '../world.ts';

describe('the first message', () => {
  it('a hello of version 1 is answered with welcome, once the policy has named the user', async () => {
    const { connect, notes } = await startWorld();
    const client = connect();
    client.hello('bob');
    await settled();
    expect(client.got).toEqual([
      {
        type: 'welcome',
        version: 1,
        capabilities: [],
        session: expect.stringMatching(/^[0-9a-z]{26}$/),
        secret: expect.stringMatching(/^[0-9a-z]{32}$/),
        resumed: false,
        user: 'bob',
        maxPending: 64,
      },
    ]);
    expect(notes).toEqual(['connected bob']);
  });

  it('the policy sees the token, the pipe and the address', async () => {
    const seen: unknown[] = [];
    const policy: Policy = { connect: (visitor) => void seen.push(visitor) };
    const { connect } = await startWorld({ policy });
    connect().hello('secret');
    connect().hello();
    await settled();
    expect(seen).toEqual([
      { token: 'secret', pipe: 'test', address: '192.0.2.1' },
      { token: undefined, pipe: 'test', address: '192.0.2.1' },
    ]);
  });

  it('another version ends the session', async () => {
    const { connect, hub } = await startWorld();
    const client = connect();
    client.say({ type: 'hello', version: 2, capabilities: [] });
    await settled();
    expect([client.why?.name, client.why?.code]).toEqual(['VERSION_UNSUPPORTED', 4502]);
    expect(hub.view().sessions).toBe(0);
  });

  it('anything else before it ends the session', async () => {
    const { connect } = await startWorld();
    const client = connect();
    client.say({ type: 'ping', id: 1 });
    expect(client.why?.name).toBe('HELLO_EXPECTED');
    expect(client.got).toEqual([]);
  });

  it('a second one ends the session, while it is admitted and after', async () => {
    const { connect, enter } = await startWorld();
    const early = connect();
    early.hello();
    early.hello();
    const late = await enter();
    late.hello();
    expect([early.why?.name, late.why?.name]).toEqual(['HELLO_EXPECTED', 'HELLO_EXPECTED']);
    await settled();
    expect(early.got).toEqual([]);
  });

  it('may take 10,000 ms and not one more', async () => {
    const { connect, clock, notes } = await startWorld();
    const client = connect();
    clock.advance(9_999);
    expect(client.why).toBeUndefined();
    clock.advance(1);
    expect(client.why?.name).toBe('HELLO_TOO_LATE');
    expect(notes).toEqual(['disconnected HELLO_TOO_LATE']);
  });

  it('stops the clock, also when the pipe goes', async () => {
    const { connect, clock } = await startWorld();
    connect().hello();
    connect().desk.closed();
    expect(clock.pending).toBe(atRest);
  });
});

describe('admission', () => {
  it.each([
    ['undefined', () => undefined],
    ['a promise of undefined', () => Promise.resolve(undefined)],
    ['true', () => true as unknown as string],
    ['a name longer than the wire carries', () => 'x'.repeat(1_025)],
  ])('%s sends the client away', async (_, connect) => {
    const world = await startWorld({ policy: { connect } });
    const client = world.connect();
    client.hello();
    await settled();
    expect(client.why?.name).toBe('UNAUTHORISED');
    expect(client.got).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('a policy that %s has said no, and the observer hears of it', async (_, connect) => {
    const world = await startWorld({ policy: { connect } });
    const client = world.connect();
    client.hello();
    await settled();
    expect(client.why?.name).toBe('UNAUTHORISED');
    expect(world.failures).toEqual([new Error('no')]);
  });

  it('a client that goes meanwhile is not let in', async () => {
    let admit!: (user: string) => void;
    const connect = (): Promise<string> => new Promise((resolve) => (admit = resolve));
    const world = await startWorld({ policy: { ...openPolicy, connect } });
    const client = world.connect();
    client.hello();
    client.subscribe('news');
    await settled();
    client.desk.closed();
    admit('ann');
    await settled();
    expect(client.got).toEqual([]);
    expect(world.notes).toEqual(['disconnected left']);
    expect(world.hub.view()).toEqual({ sessions: 0, channels: 0, subscriptions: 0 });
  });

  it('waits until the broker has started', async () => {
    const world = makeWorld();
    world.broker.hold('start');
    const starting = world.hub.start();
    const client = world.connect();
    client.hello();
    await settled();
    expect(client.got).toEqual([]);
    world.broker.letGo('start');
    await starting;
    await settled();
    expect(client.told()).toEqual(['welcome']);
  });
});

describe('an open session', () => {
  it('answers a ping with its id', async () => {
    const client = await (await startWorld()).enter();
    client.say({ type: 'ping', id: 7 });
    expect(client.told()).toEqual(['pong 7']);
  });

  it('is sent away when more than 1 MiB waits for it, and not before', async () => {
    const { enter, notes } = await startWorld();
    const client = await enter();
    client.bufferedBytes = 1_048_576;
    client.say({ type: 'ping', id: 1 });
    expect(client.told()).toEqual(['pong 1']);
    client.bufferedBytes += 1;
    client.say({ type: 'ping', id: 2 });
    expect(client.got).toEqual([]);
    expect(client.why?.name).toBe('TOO_SLOW');
    expect(notes.at(-1)).toBe('disconnected TOO_SLOW');
  });

  it('that its gateway rejects is told why, and hears nothing more', async () => {
    const { enter, hub } = await startWorld();
    const client = await enter();
    client.subscribe('news');
    await settled();
    client.told();
    client.desk.reject({ code: 4501, name: 'MESSAGE_INVALID', reason: 'data is missing' });
    client.say({ type: 'ping', id: 1 });
    await hub.publish('news', 'a');
    await settled();
    expect(client.why?.reason).toBe('data is missing');
    expect(client.got).toEqual([]);
  });

  it('is told about once in each direction, however often it ends', async () => {
    const { enter, hub, notes } = await startWorld();
    const client = await enter();
    client.desk.closed();
    client.desk.closed();
    client.desk.reject({ code: 4501, name: 'MESSAGE_INVALID', reason: '' });
    expect(notes).toEqual(['connected ann', 'disconnected left']);
    expect(client.why).toBeUndefined();
    expect(hub.view().sessions).toBe(0);
  });
});

describe('A10: before it is let in', () => {
  const commands: ClientMessage[] = [
    { type: 'renew', id: 1, token: 'x' },
    { type: 'subscribe', id: 1, channel: 'news' },
    { type: 'resume', id: 1, channels: [{ channel: 'news' }] },
    { type: 'unsubscribe', id: 1, channel: 'news' },
    { type: 'publish', id: 1, channel: 'news', data: 1 },
    { type: 'signal', channel: 'news', data: 1 },
    { type: 'history', id: 1, channel: 'news', limit: 1 },
    { type: 'enter', id: 1, channel: 'news', data: 1 },
    { type: 'exit', id: 1, channel: 'news' },
    { type: 'call', id: 1, method: 'run', data: 1, withinMs: 1_000 },
    { type: 'cancel', id: 1 },
    { type: 'answer', id: 1, data: 1 },
    { type: 'decline', id: 1, code: 'CALL_FAILED', message: '' },
    { type: 'ping', id: 1 },
  ];

  async function watched(connectPolicy: Policy['connect']): Promise<{
    client: TestClient;
    asked: string[];
    isQuiet: () => boolean;
  }> {
    const asked: string[] = [];
    const say = (what: string) => (): boolean => asked.push(what) > 0;
    const policy: Policy = {
      connect: connectPolicy,
      subscribe: say('subscribe'),
      publish: say('publish'),
      signal: say('signal'),
      enter: say('enter'),
      roster: say('roster'),
      call: say('call'),
    };
    const methods = { run: say('run') };
    const world = await startWorld({ policy, methods });
    const sent = world.broker.busCalls.length;
    const isQuiet = (): boolean =>
      world.broker.calls.length === 1 &&
      world.broker.busCalls.length === sent &&
      [...world.engine.claims.keys()].every((key) => key.startsWith('~node:'));
    return { client: world.connect(), asked, isQuiet };
  }

  it.each(commands)('$type without a hello ends the session and does nothing', async (command) => {
    const { client, asked, isQuiet } = await watched(() => 'ann');
    client.say(command);
    await settled();
    expect([client.why?.name, client.got, asked, isQuiet()]).toEqual([
      'HELLO_EXPECTED',
      [],
      [],
      true,
    ]);
  });

  it.each(commands)('$type behind a hello that is refused does nothing', async (command) => {
    const { client, asked, isQuiet } = await watched(() => undefined);
    client.hello();
    client.say(command);
    await settled();
    expect([client.why?.name, client.got, asked, isQuiet()]).toEqual([
      'UNAUTHORISED',
      [],
      [],
      true,
    ]);
  });
});

describe('D12: a token that ends', () => {
  const ends = (expiresAtMs: number): Policy => ({
    ...openPolicy,
    connect: ({ token }) => (token === undefined ? undefined : { user: token, expiresAtMs }),
  });

  it('ends the session with it, and the client is told when', async () => {
    const clock = new ManualClock();
    const { connect } = await startWorld({ clock, policy: ends(clock.wallMs() + 5_000) });
    const client = connect();
    client.hello('ann');
    await settled();
    expect(client.all('welcome')).toMatchObject([{ user: 'ann', expiresInMs: 5_000 }]);
    clock.advance(4_999);
    expect(client.why).toBeUndefined();
    clock.advance(1);
    expect(client.why?.name).toBe('TOKEN_EXPIRED');
  });

  it('and has ended lets nobody in, and may be replaced by a better one', async () => {
    const clock = new ManualClock();
    const { connect, engine } = await startWorld({ clock, policy: ends(clock.wallMs()) });
    const client = connect();
    client.hello('ann');
    await settled();
    expect([client.why?.name, client.got]).toEqual(['TOKEN_EXPIRED', []]);
    expect([...engine.claims.keys()].some((key) => key.startsWith('~session:'))).toBe(false);
  });

  it('is not ended, or kept, by a time of day that jumps', async () => {
    for (const jumpMs of [3_600_000, -3_600_000]) {
      const manual = new ManualClock();
      let offMs = 0;
      const clock = Object.assign(Object.create(manual) as ManualClock, {
        nowMs: () => manual.nowMs(),
        wallMs: () => manual.wallMs() + offMs,
        after: (delayMs: number, run: () => void) => manual.after(delayMs, run),
      });
      const { connect } = await startWorld({ clock, policy: ends(manual.wallMs() + 5_000) });
      const client = connect();
      client.hello('ann');
      await settled();
      offMs = jumpMs;
      manual.advance(4_999);
      expect(client.why).toBeUndefined();
      manual.advance(1);
      expect(client.why?.name).toBe('TOKEN_EXPIRED');
    }
  });

  it('is renewed by another of the same user, and by no other', async () => {
    const clock = new ManualClock();
    let leftMs = 5_000;
    const policy: Policy = {
      ...openPolicy,
      connect: ({ token }) =>
        token === undefined ? undefined : { user: token, expiresAtMs: clock.wallMs() + leftMs },
    };
    const { connect } = await startWorld({ clock, policy });
    const client = connect();
    client.hello('ann');
    await settled();
    client.told();
    clock.advance(4_000);
    client.say({ type: 'renew', id: 1, token: 'bob' });
    await settled();
    leftMs = 0;
    client.say({ type: 'renew', id: 2, token: 'ann' });
    await settled();
    expect(client.told()).toEqual(['error 1 TOKEN_REFUSED', 'error 2 TOKEN_REFUSED']);
    leftMs = 9_000;
    client.say({ type: 'renew', id: 3, token: 'ann' });
    await settled();
    expect(client.got).toEqual([{ type: 'renewed', id: 3, expiresInMs: 9_000 }]);
    clock.advance(8_999);
    expect(client.why).toBeUndefined();
    clock.advance(1);
    expect(client.why?.name).toBe('TOKEN_EXPIRED');
    await settled();
    expect(clock.pending).toBe(atRest);
  });
});
