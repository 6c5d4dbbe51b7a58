/** Whom the policy lets in, with what it knows of them, and how it turns others away. */
import { describe, expect, it } from 'vitest';
import type { Handshake, Policy, TurnedAway, Visitor } from '../../../src/ports/index.ts';
import { openPolicy, settled, startWorld } from '../world.ts';

const handshake: Handshake = { headers: { cookie: 'sid=1' }, url: '/live?ticket=t' };

describe('who comes', () => {
  it('is known by the request by which it came, with each of its tokens', async () => {
    const seen: Visitor[] = [];
    const policy: Policy = {
      ...openPolicy,
      connect: (visitor) => {
        seen.push(visitor);
        return 'ann';
      },
    };
    const { connect } = await startWorld({ policy });
    const client = Object.assign(connect(), { handshake });
    client.hello('one');
    await settled();
    client.say({ type: 'renew', id: 1, token: 'two' });
    await settled();
    expect(seen.map(({ token }) => token)).toEqual(['one', 'two']);
    for (const visitor of seen) {
      expect(visitor.handshake).toBe(handshake);
    }
  });
});

describe('who is turned away', () => {
  it.each([
    [
      { refused: 'BUSY', retryAfterMs: 70 },
      { code: 4004, retryAfterMs: 70 },
    ],
    [{ refused: 'TOKEN_EXPIRED' }, { code: 4006 }],
    [{ refused: 'UNAUTHORISED' }, { code: 4503 }],
  ] as const)('hears of it: %j', async (answer: TurnedAway, why) => {
    const { connect } = await startWorld({ policy: { connect: async () => answer } });
    const client = connect();
    client.hello();
    await settled();
    expect([client.got, client.why]).toMatchObject([[], why]);
  });

  it('with a new token goes on with the old one, and with what was known by it', async () => {
    const asked: unknown[] = [];
    let answer: ReturnType<Policy['connect']> = { user: 'ann', data: 'old' };
    const policy: Policy = {
      ...openPolicy,
      connect: () => answer,
      publish: ({ guest }) => asked.push(guest) > 0,
    };
    const { enter } = await startWorld({ policy });
    const client = await enter();
    answer = { refused: 'BUSY', retryAfterMs: 70 };
    client.say({ type: 'renew', id: 1, token: 'x' });
    await settled();
    answer = { user: 'bob', data: 'new' };
    client.say({ type: 'renew', id: 2, token: 'x' });
    await settled();
    client.publish('news', 1);
    await settled();
    const refused = { type: 'error', code: 'TOKEN_REFUSED' };
    expect(client.got).toMatchObject([
      { ...refused, id: 1, retryable: true, retryAfterMs: 70 },
      { ...refused, id: 2, retryable: false },
      { type: 'appended' },
    ]);
    expect([asked, client.why]).toEqual([['old'], undefined]);
  });
});
