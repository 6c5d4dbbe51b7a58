import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/contract.ts';
import { validate } from '../../src/contract/validate.ts';

describe('a contract', () => {
  it('is what was written, with its patterns parsed, in the order in which they were written', () => {
    const shape = {
      channels: {
        'chat/:room': { events: { message: z.string() } },
        lobby: { signals: { hello: v.string(), bye: type('string') } },
      },
    };
    const app = contract(shape);
    expect(app.shape).toBe(shape);
    expect(app.patterns.map(({ text }) => text)).toEqual(['chat/:room', 'lobby']);
  });

  it('brings its validation with it', () => {
    expect(contract({ channels: {} }).validate).toBe(validate);
  });

  it('may be empty', () => {
    expect(contract({ channels: {} }).patterns).toEqual([]);
  });

  it('has no two patterns that could name one channel, and says which', () => {
    expect(() =>
      contract({ channels: { 'chat/:room': {}, 'price/:x': {}, 'chat/lobby': {} } }),
    ).toThrow(
      expect.objectContaining({
        code: 'CONTRACT_INVALID',
        message: '"chat/:room" and "chat/lobby" could name the same channel',
      }),
    );
  });

  it('refuses what is no pattern, and what is no shape', () => {
    const loose = contract as (shape: object) => unknown;
    for (const wrong of [{ channels: { 'a//b': {} } }, { channels: { a: { evnts: {} } } }]) {
      expect(() => loose(wrong)).toThrow(expect.objectContaining({ code: 'CONTRACT_INVALID' }));
    }
  });
});
