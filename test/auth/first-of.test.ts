import { describe, expect, it } from 'vitest';
import { type Check, firstOf } from '../../src/auth/index.ts';

const visitor = { token: 'a', pipe: 'memory', address: undefined };
const yes =
  (user: string): Check =>
  async () => ({ user });
const no: Check = async () => undefined;
const later: Check = async () => ({ refused: 'BUSY', retryAfterMs: 5 });
const ended: Check = async () => ({ refused: 'TOKEN_EXPIRED' });
const fails =
  (message: string): Check =>
  async () => {
    throw new Error(message);
  };

describe('the first of several checks', () => {
  it('that lets the visitor in decides, and no other is asked', async () => {
    const check = firstOf(no, yes('ann'), fails('asked'));
    expect(await check(visitor)).toEqual({ user: 'ann' });
  });

  it('of none that do, there is nobody', async () => {
    expect(await firstOf(no, no)(visitor)).toBeUndefined();
  });

  it('that fails does not keep the others from being asked', async () => {
    expect(await firstOf(fails('first'), yes('ann'))(visitor)).toEqual({ user: 'ann' });
  });

  it('that fails is told, when none lets the visitor in: it is not known whether it would have', async () => {
    await expect(firstOf(fails('first'), no, fails('second'))(visitor)).rejects.toThrow('first');
  });

  it.each([
    ['later, by one that does not know', [no, later, no], { refused: 'BUSY', retryAfterMs: 5 }],
    ['with another token', [no, ended, no], { refused: 'TOKEN_EXPIRED' }],
    ['later, whatever else is said', [ended, later, ended], { refused: 'BUSY', retryAfterMs: 5 }],
    ['not at all, when another lets it in', [ended, later, yes('ann')], { user: 'ann' }],
  ] as const)('may say that the visitor is to come back: %s', async (_, checks, answer) => {
    expect(await firstOf<string>(...checks)(visitor)).toEqual(answer);
  });

  it('that rejects is told before a visitor is sent away for now', async () => {
    await expect(firstOf(later, fails('first'))(visitor)).rejects.toThrow('first');
  });

  it('is given the visitor', async () => {
    const check = firstOf<string>(async ({ token, pipe }) => ({ user: `${token} by ${pipe}` }));
    expect(await check(visitor)).toEqual({ user: 'a by memory' });
  });

  it('there must be one', () => {
    expect(() => firstOf()).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
