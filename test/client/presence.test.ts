import { describe, expect, it } from 'vitest';
import { connectedWorld, failure, place, startWorld, turn, type World } from './world.ts';

const steady = { pingAfterMs: 600_000, pongWithinMs: 600_000 };

function entered({ road }: World): void {
  const { id } = road().last('enter');
  road().say({ type: 'entered', id, position: place(1) });
}

/** A client that stands in the roster of `room`. */
async function standing(): Promise<World> {
  const world = connectedWorld(steady);
  const enter = world.client.subscribe('room').enter({ mood: 'good' });
  await turn();
  entered(world);
  await enter;
  return world;
}

function comeBack(world: World, isSameSession: boolean): void {
  world.road().end();
  world.clock.advance(500);
  if (isSameSession) {
    world.road().resumed();
  } else {
    world.road().welcome();
  }
}

describe('entering', () => {
  it('resolves when the server says so; exit too', async () => {
    const world = await standing();
    expect(world.road().last('enter')).toMatchObject({ channel: 'room', data: { mood: 'good' } });
    const exit = world.client.subscribe('room').exit();
    await turn();
    const { id } = world.road().last('exit');
    world.road().say({ type: 'entered', id, position: place(2) });
    await exit;
    comeBack(world, false);
    await turn();
    expect(world.road().all('enter')).toEqual([]);
  });

  it('refused it rejects, and is not tried again', async () => {
    const world = connectedWorld(steady);
    const refused = failure(world.client.subscribe('room').enter(1));
    await turn();
    const { id } = world.road().last('enter');
    world.road().say({ type: 'error', id, code: 'FORBIDDEN', message: 'no', retryable: false });
    expect(await refused).toMatchObject({ code: 'FORBIDDEN' });
    comeBack(world, false);
    await turn();
    expect(world.road().all('enter')).toEqual([]);
  });

  it('without an answer when the connection is lost, it is asked again', async () => {
    const world = connectedWorld(steady);
    const enter = world.client.subscribe('room').enter(1);
    await turn();
    comeBack(world, false);
    entered(world);
    await enter;
    expect(world.road().all('enter')).toHaveLength(1);
  });

  it('as many rosters as maxSubscriptions; one more is refused, saying something else in one is not', async () => {
    const { client, road } = startWorld({ maxSubscriptions: 2 });
    road().welcome();
    const [one, two] = [client.subscribe('one'), client.subscribe('two')];
    for (const subscription of [one, two, two]) {
      const enter = subscription.enter(1);
      await turn();
      road().say({ type: 'entered', id: road().last('enter').id, position: place(1) });
      await enter;
    }
    one.unsubscribe();
    const third = client.subscribe('three');
    expect(await failure(third.enter(1))).toMatchObject({ code: 'TOO_MANY_SUBSCRIPTIONS' });
  });
});

describe('coming back', () => {
  it('the session goes on, perhaps on another node: it says again what it said last', async () => {
    const world = await standing();
    comeBack(world, true);
    await turn();
    expect(world.road().all('enter')).toMatchObject([{ channel: 'room', data: { mood: 'good' } }]);
  });

  it('time and again without an answer: each connection asks it once', async () => {
    const world = await standing();
    for (let i = 0; i < 3; i += 1) {
      comeBack(world, true);
      await turn();
      expect(world.road().all('enter')).toHaveLength(1);
    }
    entered(world);
    await turn();
    comeBack(world, true);
    await turn();
    expect(world.road().all('enter')).toHaveLength(1);
  });

  it('the session is another: it enters again, with what it said last', async () => {
    const world = await standing();
    comeBack(world, false);
    await turn();
    expect(world.road().all('enter')).toMatchObject([{ channel: 'room', data: { mood: 'good' } }]);
  });

  it('not now: after a delay that grows; never: the application is told', async () => {
    const world = await standing();
    const exits: unknown[] = [];
    world.client.on('exited', (channel, { code }) => exits.push([channel, code]));
    comeBack(world, false);
    await turn();
    const refuse = async (retryable: boolean): Promise<void> => {
      const { id } = world.road().last('enter');
      const code = retryable ? 'BROKER_UNAVAILABLE' : 'FORBIDDEN';
      world.road().say({ type: 'error', id, code, message: 'no', retryable });
      await turn();
    };
    await refuse(true);
    world.clock.advance(249);
    await turn();
    expect(world.road().all('enter')).toHaveLength(1);
    world.clock.advance(1);
    await turn();
    expect(world.road().all('enter')).toHaveLength(2);
    await refuse(false);
    expect(exits).toEqual([['room', 'FORBIDDEN']]);
    world.clock.advance(9_000);
    await turn();
    expect(world.road().all('enter')).toHaveLength(2);
  });
});

describe('entering again, when the server says later', () => {
  it('waits as long as it says, and a delay', async () => {
    const world = await standing();
    comeBack(world, false);
    await turn();
    const { id } = world.road().last('enter');
    const refused = { type: 'error', id, code: 'RATE_LIMITED', message: 'slower' } as const;
    world.road().say({ ...refused, retryable: true, retryAfterMs: 3_000 });
    await turn();
    world.clock.advance(3_249);
    await turn();
    expect(world.road().all('enter')).toHaveLength(1);
    world.clock.advance(1);
    await turn();
    expect(world.road().all('enter')).toHaveLength(2);
  });
});

describe('leaving while it enters again', () => {
  it.each([true, false])(
    'is the last word, whether the server may be asked later: %s',
    async (retryable) => {
      const world = await standing();
      const exits: unknown[] = [];
      world.client.on('exited', (channel) => exits.push(channel));
      comeBack(world, false);
      await turn();
      const { id } = world.road().last('enter');
      void failure(world.client.subscribe('room').exit());
      const code = retryable ? 'BROKER_UNAVAILABLE' : 'FORBIDDEN';
      world.road().say({ type: 'error', id, code, message: 'no', retryable });
      await turn();
      world.clock.advance(9_000);
      await turn();
      expect([exits, world.road().all('enter').length]).toEqual([[], 1]);
    },
  );
});

describe('the roster and the inbox', () => {
  it('what the server says to the session, or to all, is told whether the inbox is followed or not', () => {
    const { client, road } = connectedWorld();
    const signals: unknown[] = [];
    client.on('signal', (signal) => signals.push(signal));
    road().say({ type: 'signal', channel: '~inbox', data: 'hi', event: 'note' });
    road().say({ type: 'signal', channel: 'room', data: 'not for the session' });
    expect(signals).toEqual([{ data: 'hi', event: 'note' }]);
  });

  it('are channels with names of their own', () => {
    const { client, road } = connectedWorld();
    expect(client.roster('room').channel).toBe('~roster:room');
    expect(client.inbox({ since: 'e1:4:id4' }).channel).toBe('~inbox');
    expect(road().joins()).toMatchObject([
      { channel: '~roster:room' },
      { channel: '~inbox', since: place(4) },
    ]);
  });

  it('a name that leaves no room for the mark is CHANNEL_INVALID', () => {
    const { client } = connectedWorld();
    expect(client.roster('x'.repeat(192)).channel).toHaveLength(200);
    expect(() => client.roster('x'.repeat(193))).toThrow(
      expect.objectContaining({ code: 'CHANNEL_INVALID' }),
    );
  });
});

describe('what was said last is what counts', () => {
  it('entering with something else while the connection is gone: the old is not said after the new', async () => {
    const world = await standing();
    world.road().end();
    const enter = world.client.subscribe('room').enter({ mood: 'bad' });
    await turn();
    world.clock.advance(500);
    world.road().welcome();
    await turn();
    expect(world.road().all('enter')).toMatchObject([{ data: { mood: 'bad' } }]);
    entered(world);
    await enter;
  });

  it('refused, what it said before is said again', async () => {
    const world = await standing();
    world.road().end();
    const refused = failure(world.client.subscribe('room').enter({ mood: 'bad' }));
    await turn();
    world.clock.advance(500);
    world.road().welcome();
    await turn();
    const { id } = world.road().last('enter');
    world.road().say({ type: 'error', id, code: 'FORBIDDEN', message: 'no', retryable: false });
    expect(await refused).toMatchObject({ code: 'FORBIDDEN' });
    await turn();
    expect(world.road().last('enter')).toMatchObject({ data: { mood: 'good' } });
  });

  it('what stood before and is to be said again waits for it, and is not said behind it', async () => {
    const world = await standing();
    comeBack(world, true);
    await turn();
    const answer = (code?: 'BROKER_UNAVAILABLE' | 'FORBIDDEN'): void => {
      const { id } = world.road().last('enter');
      world
        .road()
        .say(
          code === undefined
            ? { type: 'entered', id, position: place(1) }
            : { type: 'error', id, code, message: 'no', retryable: code !== 'FORBIDDEN' },
        );
    };
    answer('BROKER_UNAVAILABLE');
    await turn();
    const newer = failure(world.client.subscribe('room').enter({ mood: 'bad' }));
    await turn();
    world.clock.advance(9_000);
    await turn();
    expect(world.road().last('enter')).toMatchObject({ data: { mood: 'bad' } });
    answer('FORBIDDEN');
    expect(await newer).toMatchObject({ code: 'FORBIDDEN' });
    await turn();
    expect(world.road().last('enter')).toMatchObject({ data: { mood: 'good' } });
  });

  it('leaving before the answer to entering: it stands nowhere', async () => {
    const world = connectedWorld(steady);
    const room = world.client.subscribe('room');
    const enter = room.enter(1);
    const exit = room.exit();
    await turn();
    entered(world);
    await enter;
    world.road().say({
      type: 'entered',
      id: world.road().last('exit').id,
      position: place(2),
    });
    await exit;
    comeBack(world, false);
    await turn();
    expect(world.road().all('enter')).toEqual([]);
  });
});
