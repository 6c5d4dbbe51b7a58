import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/contract/index.ts';
import { rateLimit } from '../../../src/hub/app/limits.ts';
import { checked, optionsOf } from '../../../src/hub/app/loose.ts';
import { chat } from './chat.ts';
import { open } from './world.ts';

const room = open.channels['chat/:room'];

function withChannel(pattern: string, channel: unknown): object {
  return { ...open, channels: { ...open.channels, [pattern]: channel } };
}

describe('an implementation that is complete', () => {
  it('is taken as it is, and uses nothing where it says so', () => {
    expect(checked(chat, open)).toEqual({ ...open, use: [] });
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['authenticate: must be a function', { ...open, authenticate: undefined }],
    [
      '"cursors" is in the contract',
      { ...open, channels: { 'chat/:room': room, 'price/:symbol': room } },
    ],
    ['nothing is called "other"', withChannel('other', room)],
    [
      '"chat/:room", authorize: must be a function',
      withChannel('chat/:room', { calls: room.calls }),
    ],
    [
      '"chat/:room", authorize: must be a function',
      withChannel('chat/:room', { ...room, authorize: true }),
    ],
    [
      '"chat/:room": nothing is called "autorize"',
      withChannel('chat/:room', { ...room, autorize: 1 }),
    ],
    ['"chat/:room", see: must be a function', withChannel('chat/:room', { ...room, see: true })],
    [
      '"chat/:room", calls: "send" is in the contract',
      withChannel('chat/:room', { ...room, calls: {} }),
    ],
    [
      'calls: nothing is called "more"',
      withChannel('chat/:room', { ...room, calls: { ...room.calls, more: () => 1 } }),
    ],
    [
      'calls, send: must be a function',
      withChannel('chat/:room', { ...room, calls: { ...room.calls, send: 1 } }),
    ],
    ['presence: must be a function', withChannel('chat/:room', { ...room, presence: {} })],
    [
      'has no presence in this channel',
      withChannel('cursors', { authorize: () => true, presence: () => 1 }),
    ],
    ['"cursors": must be an object', withChannel('cursors', 1)],
    ['calls: "whoAmI" is in the contract', { ...open, calls: undefined }],
    ['authorize, of methods of no channel', { ...open, authorize: undefined }],
    ['nothing is called "policy"', { ...open, policy: {} }],
    ['use: must be a list', { ...open, use: {} }],
    ['use, 0: must be an object', { ...open, use: [rateLimit] }],
    ['use, 1: must be an object', { ...open, use: [{}, undefined] }],
    ['use, 0: nothing is called "befor"', { ...open, use: [{ befor: () => undefined }] }],
    ['use, 0, before: must be a function', { ...open, use: [{ before: true }] }],
  ];
  it.each(wrong)('says what it is not: %s', (message, given) => {
    expect(() => checked(chat, given)).toThrow(
      expect.objectContaining({ code: 'APP_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it('may say by undefined that it uses nothing, and use objects of classes', () => {
    expect(checked(chat, { ...open, use: undefined })).toEqual({ ...open, use: [] });
    class Counting {
      readonly counts = new Map<string, number>();
      before(): undefined {
        return undefined;
      }
    }
    const use = [new Counting(), {}];
    expect(checked(chat, { ...open, use }).use).toBe(use);
  });

  it('takes no inherited word for its own', () => {
    const odd = contract({ channels: { constructor: { signals: { a: z.string() } } } });
    expect(() => checked(odd, { authenticate: () => undefined, channels: {} })).toThrow(
      '"constructor" is in the contract',
    );
  });

  it('has rules for slow readers that its channels can have', () => {
    const slow = withChannel('chat/:room', { ...room, slow: 'latest' });
    expect(() => checked(chat, slow)).toThrow(
      expect.objectContaining({ code: 'CHANNEL_OPTIONS_INVALID' }),
    );
  });
});

describe('options of a channel', () => {
  it('are its kind, how much is kept, and what becomes of slow readers', () => {
    const { channels } = chat.shape;
    const { authorize } = room;
    expect(optionsOf(channels['chat/:room'], { authorize: () => true, slow: 'drop' })).toEqual({
      kind: 'log',
      slow: 'drop',
      retain: { entries: 1_000 },
    });
    const loose = { authorize: authorize as () => boolean };
    expect(optionsOf(channels['price/:symbol'], loose)).toEqual({ kind: 'state' });
    expect(optionsOf(channels.cursors, loose)).toEqual({ kind: 'signals' });
  });
});
