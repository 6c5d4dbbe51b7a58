import { describe, expect, it } from 'vitest';
import {
  type CountedBy,
  countDefaults,
  quota,
  rateLimit,
  sizeLimit,
} from '../../../src/hub/app/limits.ts';
import type { Middleware, Passing } from '../../../src/hub/app/middleware.ts';
import { annsSession } from './ann.ts';

type Asked = Passing<{ readonly id: string }>;

const usual: Asked = {
  user: { id: 'ann' },
  session: annsSession,
  action: 'publish',
  address: '192.0.2.1',
  channel: 'chat/1',
  pattern: 'chat/:room',
  params: { room: '1' },
  name: 'message',
  data: { text: 'hi' },
  sent: { text: 'hi' },
  nowMs: 0,
};

/** In how many milliseconds it may be asked again; 0: it may be. */
async function waitFor({ before }: Middleware, asked: Partial<Asked> = {}): Promise<number> {
  const refused = await before!({ ...usual, ...asked });
  expect(refused?.code ?? 'RATE_LIMITED').toBe('RATE_LIMITED');
  return refused?.retryAfterMs ?? 0;
}

describe('a rate limit', () => {
  it('lets so many be in a second, and as many at once, and says when to come back', async () => {
    const limit = rateLimit({ by: 'user', perSecond: 2 });
    expect(await waitFor(limit)).toBe(0);
    expect(await waitFor(limit)).toBe(0);
    expect(await waitFor(limit)).toBe(500);
    expect(await waitFor(limit, { nowMs: 499 })).toBe(1);
    expect(await waitFor(limit, { nowMs: 500 })).toBe(0);
    expect(await limit.before!(usual)).toEqual({
      code: 'RATE_LIMITED',
      message: 'too many requests by one user',
      retryAfterMs: 1_000,
    });
  });

  it('takes a burst of its own, and less than one in a second', async () => {
    const limit = rateLimit({ by: 'user', perSecond: 0.5, burst: 3 });
    for (let n = 0; n < 3; n += 1) {
      expect(await waitFor(limit)).toBe(0);
    }
    expect(await waitFor(limit)).toBe(2_000);
    const slow = rateLimit({ by: 'user', perSecond: 0.5 });
    expect(await waitFor(slow)).toBe(0);
    expect(await waitFor(slow)).toBe(2_000);
  });

  const others: Readonly<Record<CountedBy, Partial<Asked>>> = {
    user: { user: { id: 'bob' } },
    address: { address: '192.0.2.2' },
    channel: { channel: 'chat/2' },
    method: { action: 'call', name: 'other' },
  };
  for (const by of ['user', 'address', 'channel', 'method'] as const) {
    it(`by ${by} counts each for itself`, async () => {
      const limit = rateLimit({ by, perSecond: 1 });
      const first = by === 'method' ? ({ action: 'call', name: 'send' } as const) : {};
      expect(await waitFor(limit, first)).toBe(0);
      expect(await waitFor(limit, first)).toBe(1_000);
      expect(await waitFor(limit, others[by])).toBe(0);
      expect(await waitFor(limit, others[by])).toBe(1_000);
    });
  }

  it('counts combinations, of which no two are mistaken for each other', async () => {
    const limit = rateLimit({ by: ['user', 'channel'], perSecond: 1 });
    expect(await waitFor(limit, { user: { id: 'a' }, channel: 'b","c' })).toBe(0);
    expect(await waitFor(limit, { user: { id: 'a","b' }, channel: 'c' })).toBe(0);
    expect(await waitFor(limit, { user: { id: 'a' }, channel: 'b","c' })).toBe(1_000);
  });

  it('does not count what has no such part: no address, no channel, no method', async () => {
    for (const [by, asked] of [
      ['address', { address: undefined }],
      ['channel', { action: 'call', channel: undefined }],
      ['method', {}],
    ] as const) {
      const limit = rateLimit({ by, perSecond: 1 });
      expect(await waitFor(limit, asked)).toBe(0);
      expect(await waitFor(limit, asked)).toBe(0);
    }
  });

  it('counts all actions but connect, or those that are given', async () => {
    const all = rateLimit({ by: 'user', perSecond: 1, burst: countDefaults.actions.length });
    for (const action of countDefaults.actions) {
      expect(await waitFor(all, { action: action as Asked['action'] })).toBe(0);
    }
    expect(await waitFor(all)).toBe(1_000);
    const signals = rateLimit({ by: 'user', perSecond: 1, actions: ['signal'] });
    for (let n = 0; n < 5; n += 1) {
      expect(await waitFor(signals)).toBe(0);
    }
    expect(await waitFor(signals, { action: 'signal' })).toBe(0);
    expect(await waitFor(signals, { action: 'signal' })).toBe(1_000);
  });

  it('counts clients that come, by address, before anybody knows who they are', async () => {
    const limit = rateLimit({ by: 'address', actions: ['connect'], perSecond: 1 });
    const visitor = { token: undefined, pipe: 'test', address: '192.0.2.1' };
    expect(await limit.connect!(visitor, 0)).toBeUndefined();
    expect(await limit.connect!(visitor, 0)).toEqual({ refused: 'BUSY', retryAfterMs: 1_000 });
    expect(await limit.connect!({ ...visitor, address: '192.0.2.2' }, 0)).toBeUndefined();
    expect(await limit.connect!({ ...visitor, address: undefined }, 0)).toBeUndefined();
    expect(await limit.connect!({ ...visitor, address: undefined }, 0)).toBeUndefined();
    expect(await waitFor(limit)).toBe(0);
  });

  it('remembers maxKeys of them, and what it says of a limit is a limit', async () => {
    const limit = rateLimit({ by: 'user', perSecond: 1, maxKeys: 1 });
    expect(await waitFor(limit, { user: { id: 'a' } })).toBe(0);
    // The newcomers share one.
    expect(await waitFor(limit, { user: { id: 'b' } })).toBe(0);
    expect(await waitFor(limit, { user: { id: 'c' } })).toBe(1_000);
    for (const wrong of [
      { perSecond: 0 },
      { perSecond: Number.NaN },
      { perSecond: Number.POSITIVE_INFINITY },
      { perSecond: 1, burst: 0.5 },
      { perSecond: 1, maxKeys: 0 },
      { perSecond: 1, by: [] },
      { perSecond: 1, by: 'ip' as 'user' },
      { perSecond: 1, actions: ['connect'] as const },
      { perSecond: 1, actions: ['publsh' as 'publish'] },
    ]) {
      expect(() => rateLimit({ by: 'user', ...wrong })).toThrow(
        expect.objectContaining({ code: 'LIMIT_INVALID' }),
      );
    }
  });
});

describe('a quota', () => {
  it('lets so many be at once, and as many again in its time, little by little', async () => {
    const day = 86_400_000;
    const limit = quota({ by: 'user', most: 1_000, perMs: day });
    for (let n = 0; n < 1_000; n += 1) {
      expect(await waitFor(limit)).toBe(0);
    }
    expect(await waitFor(limit)).toBe(day / 1_000);
    expect(await waitFor(limit, { nowMs: day / 1_000 })).toBe(0);
    expect(await waitFor(limit, { nowMs: day / 1_000 })).toBe(day / 1_000);
    for (const wrong of [{ most: 0.5 }, { perMs: 0 }]) {
      expect(() => quota({ by: 'user', most: 1, perMs: 1, ...wrong })).toThrow(
        expect.objectContaining({ code: 'LIMIT_INVALID' }),
      );
    }
  });
});

describe('a limit of sizes', () => {
  it('takes what has that many characters of JSON, or bytes, and nothing longer', async () => {
    const { before } = sizeLimit({ most: 10 });
    expect(await before!({ ...usual, sent: '12345678' })).toBeUndefined();
    expect(await before!({ ...usual, sent: '123456789' })).toMatchObject({
      code: 'PAYLOAD_INVALID',
      details: { issues: [{ path: '' }] },
    });
    expect(await before!({ ...usual, sent: new Uint8Array(10) })).toBeUndefined();
    expect(await before!({ ...usual, sent: new Uint8Array(11) })).toBeDefined();
    expect(await before!({ ...usual, action: 'subscribe', sent: undefined })).toBeUndefined();
  });

  it('is for the actions that are given, or all', async () => {
    const { before } = sizeLimit({ most: 1, actions: ['signal'] });
    expect(await before!(usual)).toBeUndefined();
    expect(await before!({ ...usual, action: 'signal' })).toBeDefined();
    for (const wrong of [
      { most: 0 },
      { most: 1, actions: ['publish', 'connect' as 'publish'] as const },
    ]) {
      expect(() => sizeLimit(wrong)).toThrow(expect.objectContaining({ code: 'LIMIT_INVALID' }));
    }
  });
});
