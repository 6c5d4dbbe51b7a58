import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/testing/index.ts';
import {
  commonHeaders,
  type Exchange,
  json,
  readBody,
  refusal,
} from '../../src/transports/http-answers.ts';

describe('answers', () => {
  it('a refusal has a status, a code and a sentence', () => {
    expect(refusal('ROAD_HOLE', 'a hole', { received: 3 })).toEqual({
      ...json(409, { code: 'ROAD_HOLE', message: 'a hole', received: 3 }),
      headers: {},
    });
  });

  it('those that must say more do', () => {
    expect(refusal('ROAD_METHOD_UNKNOWN', 'x').headers).toEqual({
      Allow: 'DELETE, GET, OPTIONS, POST',
    });
    expect(refusal('TOO_MANY_ROADS', 'x').headers).toEqual({ 'Retry-After': '5' });
  });

  it('D17: a page of another origin reads only what it was let in for', () => {
    expect(commonHeaders(undefined)).not.toHaveProperty('Access-Control-Allow-Origin');
    expect(commonHeaders('https://acme.dev')).toMatchObject({
      'Access-Control-Allow-Origin': 'https://acme.dev',
      Vary: 'Origin',
    });
  });
});

describe('D19: a body', () => {
  function reading() {
    const incoming = Object.assign(new EventEmitter(), { headers: {}, pause() {} });
    const clock = new ManualClock();
    const told: unknown[] = [];
    const came = (): void => void told.push('came');
    const limits = { clock, maxBodyBytes: 1_000_000, bodyWithinMs: 1_000, came };
    void readBody({ incoming } as unknown as Exchange, limits).then((body) => told.push(body));
    return { incoming, clock, told };
  }

  it('has its time, and a large one as much for each 256 KiB: what moves is not too slow', async () => {
    const { incoming, clock, told } = reading();
    const chunk = Buffer.alloc(262_144 / 4, 'x');
    for (let count = 0; count < 12; count += 1) {
      clock.advance(249);
      incoming.emit('data', chunk);
    }
    incoming.emit('end');
    await Promise.resolve();
    expect(told.slice(0, -1)).toEqual(Array.from({ length: 12 }, () => 'came'));
    expect(told.at(-1)).toBe('x'.repeat(12 * chunk.length));
    expect(clock.pending).toBe(0);
  });

  it('that stands still, or dribbles, is refused when its time is over', async () => {
    for (const bytes of [0, 1]) {
      const { incoming, clock, told } = reading();
      incoming.emit('data', Buffer.alloc(262_144));
      for (let count = 0; count < 9; count += 1) {
        clock.advance(100);
        incoming.emit('data', Buffer.alloc(bytes));
      }
      await Promise.resolve();
      expect(told.at(-1)).toBe('came');
      clock.advance(100);
      await Promise.resolve();
      expect(told.at(-1)).toMatchObject({ status: 408 });
    }
  });
});
