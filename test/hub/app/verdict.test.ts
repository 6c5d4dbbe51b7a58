import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checked } from '../../../src/hub/app/loose.ts';
import type { Passing } from '../../../src/hub/app/middleware.ts';
import { Places } from '../../../src/hub/app/places.ts';
import { type Inputs, verdictOn, type Wish } from '../../../src/hub/app/verdict.ts';
import type { Refusal } from '../../../src/ports/index.ts';
import { annsSession, insider } from './ann.ts';
import { chat } from './chat.ts';
import { type ChatApp, open, withRoom } from './world.ts';

const ann = insider({ id: 'ann', name: 'Ann' });
const schema = z.object({ text: z.string().trim() });

function court(app: ChatApp = open) {
  const loose = checked(chat, app);
  const inputs: Inputs = new WeakMap();
  const place = new Places(chat, loose).find('chat/1')!;
  return {
    inputs,
    place,
    judge: (
      wish: Wish | Refusal,
      more: { readonly where?: undefined; readonly again?: true; readonly guest?: unknown } = {},
    ) =>
      verdictOn(
        { loose, inputs, nowMs: () => 7 },
        { user: 'ann', guest: ann, ...more },
        'where' in more ? undefined : place,
        wish,
      ),
  };
}

describe('a verdict', () => {
  it('is what authorize says, of what the schema made', async () => {
    const asked: unknown[] = [];
    const { judge } = court(
      withRoom({
        authorize: (request) => {
          asked.push(request);
          return true;
        },
      }),
    );
    const sent = { text: ' hi ', more: 1 };
    expect(await judge({ action: 'publish', name: 'message', schema, sent })).toBe(true);
    expect(await judge({ action: 'subscribe' })).toBe(true);
    const { user } = ann;
    const where = { session: annsSession, params: { room: '1' }, channel: 'chat/1' };
    expect(asked).toEqual([
      { user, action: 'publish', name: 'message', data: { text: 'hi' }, ...where },
      { user, action: 'subscribe', ...where },
    ]);
  });

  it('is no for strangers, the refusal where there is nothing to ask, and of no channel its own word', async () => {
    const { judge } = court({ ...open, authorize: ({ name }) => name === 'whoAmI' });
    const wish: Wish = { action: 'call', name: 'whoAmI', schema: z.null(), sent: null };
    expect(await judge(wish, { guest: { user: { id: 'ann' } } })).toBe(false);
    const no: Refusal = { code: 'EVENT_UNKNOWN', message: 'no' };
    expect(await judge(no)).toBe(no);
    const nowhere = { where: undefined };
    expect(await court().judge(wish)).toBe(true);
    expect(await judge(wish, nowhere)).toBe(true);
  });

  it('asks the middleware between the two, once, and not of what goes on', async () => {
    const passing: Passing<unknown>[] = [];
    const no: Refusal = { code: 'RATE_LIMITED', message: 'slowly' };
    const { judge } = court({
      ...withRoom({ authorize: () => true }),
      use: [
        {
          before: (request) => {
            passing.push(request);
            return no;
          },
        },
      ],
    });
    const wish: Wish = { action: 'publish', name: 'message', schema, sent: { text: ' hi ' } };
    expect(await judge({ ...wish, sent: 1 })).toMatchObject({ code: 'PAYLOAD_INVALID' });
    expect(await judge(wish)).toBe(no);
    expect(await judge({ ...wish, sent: 1 }, { again: true })).toBe(true);
    expect(passing).toMatchObject([
      { session: annsSession, data: { text: 'hi' }, sent: { text: ' hi ' }, nowMs: 7 },
    ]);
  });

  it('of what goes on is about the same as at first: what the schema made of it', async () => {
    const asked: unknown[] = [];
    const { judge } = court(
      withRoom({
        authorize: (request) => {
          asked.push(request.action === 'enter' && [request.data, request.again]);
          return true;
        },
      }),
    );
    const wish: Wish = { action: 'enter', schema, sent: { text: ' hi ' } };
    await judge(wish);
    await judge(wish, { again: true });
    await judge({ action: 'subscribe' }, { again: true });
    expect(asked).toEqual([[{ text: 'hi' }, undefined], [{ text: 'hi' }, true], false]);
  });

  it('keeps what the schema made of the input of a call, of nothing else', async () => {
    const { judge, inputs } = court();
    const [call, publish, wrong] = [{ text: ' a ' }, { text: ' b ' }, { text: 1 }];
    await judge({ action: 'call', name: 'send', schema, sent: call });
    await judge({ action: 'publish', name: 'message', schema, sent: publish });
    await judge({ action: 'call', name: 'send', schema, sent: wrong });
    expect(inputs.get(call)).toEqual({ schema, value: { text: 'a' } });
    expect([inputs.has(publish), inputs.has(wrong)]).toEqual([false, false]);
  });

  it("that the server's own words of a member do not fit is the server's fault", async () => {
    const { judge } = court(withRoom({ presence: () => ({ name: 'Ann' }) }));
    const wish: Wish = { action: 'enter', schema, sent: { text: 1 } };
    await expect(judge(wish)).rejects.toMatchObject({ code: 'MEMBER_INVALID' });
    expect(await court().judge(wish)).toMatchObject({ code: 'PAYLOAD_INVALID' });
  });
});
