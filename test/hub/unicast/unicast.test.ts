import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/brokers/memory.ts';
import type { Shared } from '../../../src/ground/shared.ts';
import { inboxOf } from '../../../src/hub/unicast/inbox.ts';
import { Unicast } from '../../../src/hub/unicast/unicast.ts';
import type { Broker } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { ServerMessage } from '../../../src/wire/index.ts';
import { settled, TestBus, TestPost } from '../calls/doubles.ts';

class TestAddressee {
  readonly got: Shared<ServerMessage>[] = [];
  isFull = false;

  send(message: Shared<ServerMessage>): void {
    this.got.push(message);
  }

  room(): Promise<void> | undefined {
    return this.isFull ? Promise.resolve() : undefined;
  }

  get messages(): ServerMessage[] {
    return this.got.map(({ value }) => value);
  }
}

async function openWorld(): Promise<{
  clock: ManualClock;
  broker: Broker;
  bus: TestBus;
  node: (name: string) => Promise<{
    unicast: Unicast;
    post: TestPost;
    sessions: Map<string, TestAddressee>;
  }>;
}> {
  const clock = new ManualClock();
  const broker = memoryStore({ nowMs: () => clock.nowMs() }).node();
  await broker.start({ deliver: () => undefined, hear: () => undefined });
  const bus = new TestBus();
  let ids = 0;
  const node = async (name: string) => {
    const sessions = new Map<string, TestAddressee>();
    const post = new TestPost(name, bus);
    const unicast = new Unicast({
      log: broker.log,
      claims: broker.claims,
      post,
      clock,
      ids: {
        next: () => {
          ids += 1;
          return `i${ids}`;
        },
      },
      maxDataBytes: 100,
      sessions: { find: (id) => sessions.get(id), all: () => sessions.values() },
    });
    await unicast.start();
    return { unicast, post, sessions };
  };
  return { clock, broker, bus, node };
}

function signal(data: unknown, event?: string): ServerMessage {
  return { type: 'signal', channel: '~inbox', data, ...(event === undefined ? {} : { event }) };
}

describe('to a user', () => {
  it('is an entry of the inbox, whether anybody is there or not', async () => {
    const { broker, clock, node } = await openWorld();
    const { unicast } = await node('n1');
    const position = await unicast.toUser('ann', { hello: 1 }, { event: 'greeting' });
    await unicast.toUser('ann', 'again');
    const { publications, epoch } = await broker.log.read(inboxOf('ann'), 0, 10);
    expect(publications).toMatchObject([
      { data: { hello: 1 }, event: 'greeting', atMs: clock.wallMs() },
      { data: 'again' },
    ]);
    expect(publications[1]).not.toHaveProperty('event');
    expect(position).toEqual({ epoch, offset: publications[0]!.offset, id: publications[0]!.id });
  });

  it('takes no more than may be said', async () => {
    const { node } = await openWorld();
    const { unicast } = await node('n1');
    await unicast.toUser('ann', 'x'.repeat(98));
    await expect(unicast.toUser('ann', 'x'.repeat(99))).rejects.toMatchObject({
      code: 'DATA_TOO_LARGE',
    });
    await expect(unicast.toUser('ann', undefined)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  });
});

describe('to a session', () => {
  it('of this node needs no engine', async () => {
    const { broker, node } = await openWorld();
    const { unicast, sessions } = await node('n1');
    const session = new TestAddressee();
    sessions.set('s1', session);
    await broker.stop();
    expect(await unicast.toSession('s1', 'hi', { event: 'wave' })).toBe(true);
    expect(session.messages).toEqual([signal('hi', 'wave')]);
  });

  it('of another node goes there by its claim, and to nobody else', async () => {
    const { broker, node } = await openWorld();
    const [here, there] = [await node('n1'), await node('n2')];
    const [wanted, other] = [new TestAddressee(), new TestAddressee()];
    there.sessions.set('s1', wanted).set('s2', other);
    const value = JSON.stringify({ node: 'n2' });
    await broker.claims.put('~session:s1', value, { expect: undefined, leaseMs: 1_000 });
    expect(await here.unicast.toSession('s1', 'hi')).toBe(true);
    await settled();
    expect([wanted.messages, other.messages]).toEqual([[signal('hi')], []]);
  });

  it('that nobody holds is false', async () => {
    const { node } = await openWorld();
    const { unicast } = await node('n1');
    expect(await unicast.toSession('s1', 'hi')).toBe(false);
  });

  it('that went meanwhile is lost, as signals may be', async () => {
    const { broker, bus, node } = await openWorld();
    const { unicast } = await node('n1');
    await node('n2');
    const value = JSON.stringify({ node: 'n2' });
    await broker.claims.put('~session:s1', value, { expect: undefined, leaseMs: 1_000 });
    expect(await unicast.toSession('s1', 'hi')).toBe(true);
    await settled();
    expect(bus.followed).toContain('~sessions:n2');
  });

  it('that reads slowly is dropped, and the session is not', async () => {
    const { node } = await openWorld();
    const { unicast, sessions } = await node('n1');
    const session = new TestAddressee();
    session.isFull = true;
    sessions.set('s1', session);
    await unicast.toSession('s1', 'hi');
    expect(session.got).toEqual([]);
  });
});

describe('to everybody', () => {
  it('is told to every session of every node, made once for those of one', async () => {
    const { node } = await openWorld();
    const [one, two] = [await node('n1'), await node('n2')];
    const sessions = [new TestAddressee(), new TestAddressee(), new TestAddressee()];
    one.sessions.set('s1', sessions[0]!).set('s2', sessions[1]!);
    two.sessions.set('s3', sessions[2]!);
    await one.unicast.broadcast('hi', { event: 'news' });
    await settled();
    expect(sessions.map(({ messages }) => messages)).toEqual([
      [signal('hi', 'news')],
      [signal('hi', 'news')],
      [signal('hi', 'news')],
    ]);
    expect(sessions[0]!.got[0]).toBe(sessions[1]!.got[0]);
  });

  it.each(['toSession', 'broadcast'] as const)(
    '%s takes no bytes: signals are JSON',
    async (how) => {
      const { node } = await openWorld();
      const { unicast } = await node('n1');
      const bytes = Uint8Array.of(1);
      const said = how === 'broadcast' ? unicast.broadcast(bytes) : unicast.toSession('s1', bytes);
      await expect(said).rejects.toMatchObject({ code: 'DATA_INVALID' });
    },
  );
});

it('events are as long as clients can read', async () => {
  const { node } = await openWorld();
  const { unicast } = await node('n1');
  await unicast.toUser('ann', 1, { event: 'x'.repeat(64) });
  for (const event of ['', 'x'.repeat(65)]) {
    const refused = { code: 'EVENT_INVALID' };
    await expect(unicast.toUser('ann', 1, { event })).rejects.toMatchObject(refused);
    await expect(unicast.toSession('s1', 1, { event })).rejects.toMatchObject(refused);
    await expect(unicast.broadcast(1, { event })).rejects.toMatchObject(refused);
  }
});

it('a node with a new name is reached by that; one that stopped by none', async () => {
  const { bus, node } = await openWorld();
  const { unicast, post } = await node('n1');
  post.node = 'n1-again';
  await unicast.restart();
  expect(bus.followed.sort()).toEqual(['~all', '~sessions:n1-again']);
  unicast.stop();
  expect(bus.followed).toEqual([]);
});
