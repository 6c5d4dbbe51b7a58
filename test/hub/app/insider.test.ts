import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { guestFrom, Insider, type InsiderGuest, insiderOf } from '../../../src/hub/app/insider.ts';
import { messageLimits } from '../../../src/wire/index.ts';

const typed = contract({
  user: z.object({ id: z.string(), age: z.number().default(7) }),
  channels: {},
});
const plain = contract({ channels: {} });
const sessions = contract({
  session: z.object({ device: z.string().default('a desk') }),
  channels: {},
});
const nothingSaid = { data: undefined, expiresAtMs: undefined };
const facts = { id: 's1', transport: 'test', address: '192.0.2.1', connectedAtMs: 5 };

describe('a guest', () => {
  it('is a user as the contract makes it, by its id', async () => {
    const guest = await guestFrom(typed, { id: 'ann' });
    expect(guest).toEqual({
      user: 'ann',
      data: new Insider({ id: 'ann', age: 7 } as never, nothingSaid),
    });
    expect(await guestFrom(typed, { user: { id: 'ann' }, expiresAtMs: 5 })).toMatchObject({
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
    const guest = await guestFrom(plain, person);
    expect(guest).toMatchObject({ user: 'ann' });
    expect((guest as { data: Insider }).data.user).toBe(person);
  });

  it('has an end where the answer says so, and none among the fields of the user', async () => {
    const answer = { id: 'ann', expiresAtMs: 5 };
    for (const contracted of [typed, plain]) {
      await expect(guestFrom(contracted, answer)).rejects.toMatchObject({
        code: 'USER_INVALID',
        message: 'with expiresAtMs, answer with { user, expiresAtMs }',
      });
      expect(await guestFrom(contracted, { user: answer, expiresAtMs: 7 })).toMatchObject({
        expiresAtMs: 7,
      });
    }
    const lasting = contract({
      user: z.object({ id: z.string(), expiresAtMs: z.number() }),
      channels: {},
    });
    expect(await guestFrom(lasting, answer)).toEqual({
      user: 'ann',
      data: new Insider(answer, nothingSaid),
    });
  });

  it('is nobody where the application says so, with or without a word', async () => {
    expect(await guestFrom(typed, undefined)).toBeUndefined();
    const busy = { refused: 'BUSY', retryAfterMs: 5 } as const;
    expect(await guestFrom(typed, busy)).toBe(busy);
  });

  it('has a session as the contract makes it', async () => {
    const said = { user: { id: 'ann' }, session: { more: 1 }, expiresAtMs: 7 };
    const guest = (await guestFrom(sessions, said)) as InsiderGuest;
    guest.data.enter(facts);
    expect(guest.data.session).toEqual({ ...facts, data: { device: 'a desk' }, expiresAtMs: 7 });
  });

  it('whose session is none by the contract is the fault of the application', async () => {
    const ann = { id: 'ann' };
    for (const wrong of [ann, { user: ann }, { user: ann, session: { device: 7 } }]) {
      await expect(guestFrom(sessions, wrong)).rejects.toMatchObject({ code: 'SESSION_INVALID' });
    }
    await expect(guestFrom(typed, { user: ann, session: {} })).rejects.toMatchObject({
      code: 'SESSION_INVALID',
      message: 'the contract has no `session`',
    });
  });

  it('that is none is the fault of the application', async () => {
    const longest = 'x'.repeat(messageLimits.userLength);
    expect(await guestFrom(plain, { id: longest })).toMatchObject({ user: longest });
    const wrong = ['ann', 7, true, {}, { user: 'ann' }, { user: null }, { id: 7 }, { id: '' }];
    for (const answer of [...wrong, { id: `${longest}x` }, { user: {} }]) {
      await expect(guestFrom(plain, answer)).rejects.toMatchObject({
        code: 'USER_INVALID',
      });
    }
    await expect(guestFrom(typed, { id: 'ann', age: 'old' })).rejects.toMatchObject({
      code: 'USER_INVALID',
      issues: [{ path: 'age' }],
    });
  });
});

describe('an insider', () => {
  it('has a session from when the hub has let it in, and the latest it was told of', () => {
    const insider = new Insider({ id: 'ann' }, nothingSaid);
    expect(() => insider.session).toThrow('has not let it in');
    insider.enter(facts);
    insider.enter({ ...facts, connectedAtMs: 9 });
    expect(insider.session).toEqual({ ...facts, connectedAtMs: 9, ...nothingSaid });
  });

  it('is whom `connect` let in, and nothing that looks like one', () => {
    const insider = new Insider({ id: 'ann' }, nothingSaid);
    expect(insiderOf(insider)).toBe(insider);
    for (const other of [undefined, null, 'ann', { user: { id: 'ann' }, address: undefined }]) {
      expect(insiderOf(other)).toBeUndefined();
    }
  });
});
