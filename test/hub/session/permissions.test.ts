import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/ports/index.ts';
import { settled, startWorld } from '../world.ts';

const connect = (): string => 'ann';

async function tryAll(policy: Partial<Policy>): Promise<string[]> {
  const { enter, engine } = await startWorld({ policy: { connect, ...policy } });
  engine.append('news', 'old');
  const client = await enter();
  client.subscribe('news');
  await settled();
  client.history('news', 10);
  await settled();
  client.publish('news', 'new');
  await settled();
  return client.told();
}

const nothing = ['error 1 FORBIDDEN', 'error 2 FORBIDDEN', 'error 3 FORBIDDEN'];

describe('nothing is allowed that the policy did not allow', () => {
  it('a policy that says nothing forbids all', async () => {
    expect(await tryAll({})).toEqual(nothing);
  });

  it.each([
    ['false', false],
    ['1', 1],
    ['an object', {}],
    ['undefined', undefined],
  ])('an answer of %s is no', async (_, answer) => {
    const say = (): boolean => answer as boolean;
    expect(await tryAll({ subscribe: say, publish: say })).toEqual(nothing);
  });

  it('an answer that never comes to be is no', async () => {
    const say = (): Promise<boolean> => Promise.reject(new Error('database'));
    expect(await tryAll({ subscribe: say, publish: say })).toEqual(nothing);
  });

  it('to publish does not mean to read', async () => {
    expect(await tryAll({ publish: () => true })).toEqual([
      'error 1 FORBIDDEN',
      'error 2 FORBIDDEN',
      'appended 3 2',
    ]);
  });

  it('to read means live and history, by the same function, and not to publish', async () => {
    const asked: unknown[] = [];
    const subscribe = (request: unknown): boolean => asked.push(request) > 0;
    expect(await tryAll({ subscribe })).toEqual([
      'subscribed 1',
      'caughtUp 1',
      'historyPage',
      'error 3 FORBIDDEN',
    ]);
    const request = { user: 'ann', channel: 'news' };
    expect(asked).toEqual([request, request]);
  });

  it('whoever may publish is told what', async () => {
    const asked: unknown[] = [];
    await tryAll({ publish: (request) => asked.push(request) > 0 });
    expect(asked).toEqual([{ user: 'ann', channel: 'news', data: 'new' }]);
  });
});
