import { describe, expect, it } from 'vitest';
import { openPolicy, settled, startWorld } from '../world.ts';

describe('D5: what comes before the hello is answered', () => {
  it('is kept up to maxOutletBytes; more is refused for now', async () => {
    let letIn!: (user: string) => void;
    const connecting = new Promise<string>((resolve) => {
      letIn = resolve;
    });
    const { connect } = await startWorld({
      policy: { ...openPolicy, connect: () => connecting },
      limits: { maxOutletBytes: 100_000 },
    });
    const client = connect();
    client.hello();
    client.publish('news', 'x'.repeat(49_000));
    client.publish('news', 'y'.repeat(49_000));
    client.publish('news', 'z'.repeat(49_000));
    client.publish('news', Uint8Array.from({ length: 49_000 }));
    client.publish('news', 'short');
    expect(client.told()).toEqual(['error 3 TOO_MANY_REQUESTS', 'error 4 TOO_MANY_REQUESTS']);
    letIn('ann');
    await settled();
    expect(client.told()).toEqual(['welcome', 'appended 1 1', 'appended 2 2', 'appended 5 3']);
  });

  it('messages that come meanwhile are kept, in order, until the welcome', async () => {
    let admit!: (user: string) => void;
    const connect = (): Promise<string> => new Promise((resolve) => (admit = resolve));
    const world = await startWorld({ policy: { ...openPolicy, connect } });
    const client = world.connect();
    client.hello();
    client.publish('news', 'a');
    client.say({ type: 'ping', id: 50 });
    client.publish('news', 'b');
    await settled();
    expect(client.got).toEqual([]);
    admit('ann');
    await settled();
    expect(client.told()).toEqual(['welcome', 'pong 50', 'appended 1 1', 'appended 2 2']);
  });

  it('of those 64 are kept; the 65th is refused', async () => {
    let admit!: (user: string) => void;
    const connect = (): Promise<string> => new Promise((resolve) => (admit = resolve));
    const world = await startWorld({ policy: { ...openPolicy, connect } });
    const client = world.connect();
    client.hello();
    await settled();
    for (let id = 1; id <= 65; id += 1) {
      client.say({ type: 'ping', id });
    }
    expect(client.got).toEqual([
      {
        type: 'error',
        id: 65,
        code: 'TOO_MANY_REQUESTS',
        message: expect.any(String),
        retryable: true,
      },
    ]);
    admit('ann');
    await settled();
    expect(client.all('pong').map(({ id }) => id)).toEqual(
      Array.from({ length: 64 }, (_, i) => i + 1),
    );
  });
});

describe('D5: what is worked on', () => {
  it('is 64 requests; the 65th is refused until one is answered', async () => {
    const { enter, broker } = await startWorld();
    const client = await enter();
    broker.hold('append');
    for (let i = 1; i <= 65; i += 1) {
      client.publish('news', i);
    }
    await settled();
    expect(client.told()).toEqual(['error 65 TOO_MANY_REQUESTS']);
    broker.letGoOne('append');
    await settled();
    expect(client.told()).toEqual(['appended 1 1']);
    client.publish('news', 66);
    client.publish('news', 67);
    await settled();
    expect(client.told()).toEqual(['error 67 TOO_MANY_REQUESTS']);
  });
});

describe('what is never answered', () => {
  it('is taken, answers and cancellations both, while 64 requests wait', async () => {
    const { connect, broker, hub } = await startWorld();
    const client = connect();
    client.hello();
    await settled();
    const { session } = client.all('welcome')[0]!;
    broker.hold('append');
    for (let i = 1; i <= 64; i += 1) {
      client.publish('news', i);
    }
    const asking = [hub.ask(session, 'confirm', 1), hub.ask(session, 'dance', 2)];
    client.told();
    // Their ids are the server's: an error with one of them would be taken for the answer to a request.
    client.say({ type: 'answer', id: 1, data: 'yes' });
    client.say({ type: 'decline', id: 2, code: 'METHOD_UNKNOWN', message: '' });
    client.say({ type: 'cancel', id: 3 });
    expect(await Promise.allSettled(asking)).toMatchObject([
      { value: 'yes' },
      { reason: { code: 'METHOD_UNKNOWN' } },
    ]);
    expect(client.told()).toEqual([]);
  });

  it('is not refused aloud, before the welcome either', async () => {
    const { connect } = await startWorld({ limits: { maxPending: 2 } });
    const client = connect();
    client.hello();
    client.say({ type: 'ping', id: 1 });
    client.say({ type: 'ping', id: 2 });
    client.say({ type: 'cancel', id: 3 });
    client.signal('news', 1);
    client.say({ type: 'ping', id: 4 });
    await settled();
    expect(client.told()).toEqual(['error 4 TOO_MANY_REQUESTS', 'welcome', 'pong 1', 'pong 2']);
  });
});
