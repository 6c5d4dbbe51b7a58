import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/contract.ts';

describe('a contract', () => {
  it('is what was written', () => {
    const shape = { channels: { 'chat/:room': { events: { message: z.string() } } } };
    expect(contract(shape).shape).toBe(shape);
  });
});
