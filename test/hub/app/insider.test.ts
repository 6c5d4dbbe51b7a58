import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { guestFrom, Insider, insiderOf } from '../../../src/hub/app/insider.ts';
import { messageLimits } from '../../../src/wire/index.ts';

const typed = contract({
  user: z.object({ id: z.string(), age: z.number().default(7) }),
  channels: {},
});
const plain = contract({ channels: {} });
const visitor = { token: 't', pipe: 'test', address: '192.0.2.1' };

describe('a guest', () => {
  it('is a user as the contract makes it, by its id, and whence it came', async () => {
    const guest = await guestFrom(typed, { id: 'ann' }, visitor);
    expect(guest).toEqual({
      user: 'ann',
      data: new Insider({ id: 'ann', age: 7 } as never, '192.0.2.1'),
    });
    expect(await guestFrom(typed, { user: { id: 'ann' }, expiresAtMs: 5 }, visitor)).toMatchObject({
      user: 'ann',
      data: { user: { id: 'ann', age: 7 } },
      expiresAtMs: 5,
    });
  });

  it('without a schema is whoever has an id: the same object, methods and all', async () => {
    class Person {
      readonly id = 'ann';
      readonly user = 'a field of its own';
      greet(): string {
        return 'hello';
      }
    }
    const person = new Person();
    const guest = await guestFrom(plain, person, visitor);
    expect(guest).toMatchObject({ user: 'ann' });
    expect((guest as { data: Insider }).data.user).toBe(person);
  });

  it('has an end where the answer says so, and none among the fields of the user', async () => {
    const answer = { id: 'ann', expiresAtMs: 5 };
    for (const contracted of [typed, plain]) {
      await expect(guestFrom(contracted, answer, visitor)).rejects.toMatchObject({
        code: 'USER_INVALID',
        message: 'with expiresAtMs, answer with { user, expiresAtMs }',
      });
      expect(await guestFrom(contracted, { user: answer, expiresAtMs: 7 }, visitor)).toMatchObject({
        expiresAtMs: 7,
      });
    }
    const lasting = contract({
      user: z.object({ id: z.string(), expiresAtMs: z.number() }),
      channels: {},
    });
    expect(await guestFrom(lasting, answer, visitor)).toEqual({
      user: 'ann',
      data: new Insider(answer, '192.0.2.1'),
    });
  });

  it('is nobody where the application says so, with or without a word', async () => {
    expect(await guestFrom(typed, undefined, visitor)).toBeUndefined();
    const busy = { refused: 'BUSY', retryAfterMs: 5 } as const;
    expect(await guestFrom(typed, busy, visitor)).toBe(busy);
  });

  it('that is none is the fault of the application', async () => {
    const longest = 'x'.repeat(messageLimits.userLength);
    expect(await guestFrom(plain, { id: longest }, visitor)).toMatchObject({ user: longest });
    const wrong = ['ann', 7, true, {}, { user: 'ann' }, { user: null }, { id: 7 }, { id: '' }];
    for (const answer of [...wrong, { id: `${longest}x` }, { user: {} }]) {
      await expect(guestFrom(plain, answer, visitor)).rejects.toMatchObject({
        code: 'USER_INVALID',
      });
    }
    await expect(guestFrom(typed, { id: 'ann', age: 'old' }, visitor)).rejects.toMatchObject({
      code: 'USER_INVALID',
      issues: [{ path: 'age' }],
    });
  });
});

describe('an insider', () => {
  it('is whom `connect` let in, and nothing that looks like one', () => {
    const insider = new Insider({ id: 'ann' }, undefined);
    expect(insiderOf(insider)).toBe(insider);
    for (const other of [undefined, null, 'ann', { user: { id: 'ann' }, address: undefined }]) {
      expect(insiderOf(other)).toBeUndefined();
    }
  });
});
