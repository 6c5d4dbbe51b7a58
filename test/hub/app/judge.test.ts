/** The judge alone: what a whole hub shows of it stands in implement.test.ts and permissions.test.ts. */
import { describe, expect, it } from 'vitest';
import { Judge } from '../../../src/hub/app/judge.ts';
import { checked } from '../../../src/hub/app/loose.ts';
import { Places } from '../../../src/hub/app/places.ts';
import { insider } from './ann.ts';
import { chat } from './chat.ts';
import { type ChatApp, open, withRoom } from './world.ts';

function judgeOf(app: ChatApp = open): Judge {
  const loose = checked(chat, app);
  return new Judge({
    contract: chat,
    loose,
    places: new Places(chat, loose),
    inputs: new WeakMap(),
    nowMs: () => 0,
    failed: () => undefined,
  });
}

const guest = insider({ id: 'ann', name: 'Ann' });
const asked = { user: 'ann', guest, channel: 'chat/1' };
const message = { event: 'message', data: { text: 'hi', by: 'ann' } };

describe('the judge', () => {
  it('says no to whoever did not come by connect, whatever the name', async () => {
    const judge = judgeOf(withRoom({ see: () => true }));
    for (const none of [undefined, { user: { id: 'ann' } }]) {
      const stranger = { ...asked, guest: none };
      expect(await judge.subscribe(stranger)).toBe(false);
      expect(await judge.publish({ ...stranger, ...message })).toBe(false);
      expect(await judge.signal({ ...stranger, event: 'typing', data: { by: 'a' } })).toBe(false);
      expect(await judge.enter({ ...stranger, data: { name: 'Ann' } })).toBe(false);
      expect(await judge.roster(stranger)).toBe(false);
      expect(await judge.call({ user: 'ann', guest: none, method: 'whoAmI', data: null })).toBe(
        false,
      );
      expect(judge.see!({ ...stranger, ...message })).toBe(false);
    }
  });

  it('has no filter where nobody filters, so that the hub need not ask', () => {
    expect(judgeOf().see).toBeUndefined();
    expect(judgeOf(withRoom({ see: () => true })).see).toBeDefined();
  });

  it('shows nothing of a channel that the contract does not have', () => {
    const judge = judgeOf(withRoom({ see: () => true }));
    expect(judge.see!({ ...asked, ...message })).toBe(true);
    expect(judge.see!({ ...asked, ...message, channel: 'elsewhere' })).toBe(false);
  });

  it('says no where authorize of methods of no channel has nothing to say', async () => {
    const judge = judgeOf({ ...open, authorize: (() => undefined) as never });
    expect(await judge.call({ user: 'ann', guest, method: 'whoAmI', data: null })).toBe(false);
  });

  it('tells the middleware who came in and who did not, whatever was thrown', async () => {
    const told: unknown[] = [];
    const judge = judgeOf({
      ...open,
      authenticate: ({ token }) => {
        if (token === 'boom') {
          throw new Error('no database');
        }
        return token === 'busy' ? { refused: 'BUSY' } : { id: 'ann', name: 'Ann' };
      },
      use: [{ connected: ({ user, refused }) => void told.push([user?.id, refused]) }],
    });
    const visitor = { pipe: 'test', address: undefined };
    await judge.connect({ ...visitor, token: 'ann' });
    await judge.connect({ ...visitor, token: 'busy' });
    await expect(judge.connect({ ...visitor, token: 'boom' })).rejects.toThrow('no database');
    expect(told).toEqual([
      ['ann', undefined],
      [undefined, 'BUSY'],
      [undefined, 'UNAUTHORISED'],
    ]);
  });

  it('does not look again at what was valid when it began', async () => {
    const judge = judgeOf();
    const wrong = { ...asked, data: { name: 7 } };
    expect(await judge.enter(wrong)).toMatchObject({ code: 'PAYLOAD_INVALID' });
    expect(await judge.enter({ ...wrong, again: true })).toBe(true);
  });
});
