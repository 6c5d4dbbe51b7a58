import { describe, expect, it } from 'vitest';
import { startWorld, turn, type World, welcome } from './world.ts';

/** Connected with a token that lasts 100 s, by an application that counts the tokens it gives. */
async function renewing(token?: () => Promise<string | undefined>): Promise<World> {
  let asked = 0;
  const world = startWorld({
    pingAfterMs: 600_000,
    pongWithinMs: 600_000,
    token:
      token ??
      (async () => {
        asked += 1;
        return `token ${asked}`;
      }),
  });
  await turn();
  if (world.roads.length > 0) {
    world.road().open();
    world.road().say({ ...welcome(), expiresInMs: 100_000 });
  }
  return world;
}

async function pass({ clock }: World, ms: number): Promise<void> {
  clock.advance(ms);
  await turn();
}

describe('D12: a token that ends', () => {
  it('is renewed before, at a time that chance spreads, again and again', async () => {
    const world = await renewing();
    await pass(world, 69_999);
    expect(world.road().all('renew')).toEqual([]);
    await pass(world, 1);
    expect(world.road().all('renew')).toMatchObject([{ token: 'token 2' }]);
    const { id } = world.road().last('renew');
    world.road().say({ type: 'renewed', id, expiresInMs: 10_000 });
    await turn();
    await pass(world, 7_000);
    expect(world.road().last('renew')).toMatchObject({ token: 'token 3' });
    world.road().say({ type: 'renewed', id: world.road().last('renew').id });
    await turn();
    await pass(world, 500_000);
    expect(world.road().all('renew')).toHaveLength(2);
  });

  it.each(['refused', 'unanswered'])('%s, another is tried after a delay', async (how) => {
    const world = await renewing();
    await pass(world, 70_000);
    if (how === 'refused') {
      const { id } = world.road().last('renew');
      const code = 'TOKEN_REFUSED';
      world.road().say({ type: 'error', id, code, message: '', retryable: false });
      await turn();
    } else {
      await pass(world, 10_000);
    }
    await pass(world, 249);
    expect(world.road().all('renew')).toHaveLength(1);
    await pass(world, 1);
    expect(world.road().all('renew')).toHaveLength(2);
  });

  it('refused with a time, another is tried when that has passed, and a delay', async () => {
    const world = await renewing();
    await pass(world, 70_000);
    const { id } = world.road().last('renew');
    const refused = { type: 'error', id, code: 'TOKEN_REFUSED', message: '' } as const;
    world.road().say({ ...refused, retryable: true, retryAfterMs: 5_000 });
    await turn();
    await pass(world, 5_249);
    expect(world.road().all('renew')).toHaveLength(1);
    await pass(world, 1);
    expect(world.road().all('renew')).toHaveLength(2);
  });

  it('an application that has none for now is asked again after a delay', async () => {
    let asked = 0;
    const world = await renewing(async () => {
      asked += 1;
      if (asked === 2) {
        throw new Error('offline');
      }
      return 'token';
    });
    await pass(world, 70_000);
    expect(world.road().all('renew')).toEqual([]);
    await pass(world, 250);
    expect(world.road().all('renew')).toHaveLength(1);
  });

  it('ended all the same, the client comes back with a new one', async () => {
    const world = await renewing();
    world.road().say({ type: 'disconnect', code: 4006, name: 'TOKEN_EXPIRED', reason: 'ended' });
    expect(world.changes.at(-1)).toMatchObject({
      status: 'waiting',
      error: { code: 'TOKEN_EXPIRED' },
    });
    await pass(world, 250);
    world.road().open();
    expect(world.road().last('hello').token).toBe('token 2');
  });

  it('is not renewed after its connection is gone', async () => {
    const world = await renewing();
    world.client.close();
    await pass(world, 100_000);
    expect(world.road().all('renew')).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });

  it('a token that comes when its connection is gone renews no other', async () => {
    const given: ((token: string) => void)[] = [];
    const world = await renewing(() => new Promise((resolve) => given.push(resolve)));
    given.shift()!('first');
    await turn();
    world.road().open();
    world.road().say({ ...welcome(), expiresInMs: 100_000 });
    await pass(world, 70_000);
    world.road().end();
    await pass(world, 250);
    const [late, next] = given;
    next!('next');
    await turn();
    world.road().welcome();
    late!('late');
    await turn();
    expect(world.road().all('renew')).toEqual([]);
  });

  it('a token that is a word cannot be renewed', async () => {
    const world = startWorld({ token: 'word', pingAfterMs: 600_000, pongWithinMs: 600_000 });
    world.road().open();
    world.road().say({ ...welcome(), expiresInMs: 100_000 });
    await pass(world, 100_000);
    expect(world.road().all('renew')).toEqual([]);
  });
});
