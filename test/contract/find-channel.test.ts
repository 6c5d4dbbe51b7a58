import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../src/contract/contract.ts';
import { type ChannelKind, findChannel, kindOf, named } from '../../src/contract/find-channel.ts';
import type { ChannelKind as WireKind } from '../../src/wire/index.ts';

const text = z.string();
const app = contract({
  channels: {
    'chat/:room': { events: { message: text } },
    'price/:symbol': { state: text },
    lobby: {},
  },
});

describe('what a contract says of a channel', () => {
  it('is found by name, with the parameters as they were', () => {
    expect(findChannel(app, 'chat/a=20b')).toEqual({
      pattern: 'chat/:room',
      params: { room: 'a b' },
      channel: app.shape.channels['chat/:room'],
      kind: 'log',
    });
    expect(findChannel(app, 'lobby')?.kind).toBe('signals');
    expect(findChannel(app, 'price/X')?.kind).toBe('state');
  });

  it.each(['chat', 'chat/', 'toString', '__proto__', '~inbox'])(
    '%s is no channel of it',
    (name) => {
      expect(findChannel(app, name)).toBeUndefined();
    },
  );

  it('is keyed state, a log, or signals only', () => {
    const kinds = [
      kindOf({ state: text }),
      kindOf({ state: text, history: { entries: 1 } }),
      kindOf({ events: {} }),
      kindOf({ history: { entries: 1 } }),
      kindOf({ signals: { typing: text }, presence: text, calls: {} }),
      kindOf({}),
    ];
    expect(kinds).toEqual(['state', 'state', 'log', 'log', 'signals', 'signals']);
  });

  it('has the kinds that the wire has', () => {
    const ours: Record<ChannelKind, true> = { log: true, signals: true, state: true };
    const wires: Record<WireKind, true> = ours;
    expect(Object.keys(wires)).toHaveLength(3);
  });

  it('has under a name what was written there, and nothing that objects have by themselves', () => {
    const { events } = app.shape.channels['chat/:room'];
    expect(named<unknown>(events, 'message')).toBe(text);
    const others = ['constructor', 'toString', '__proto__', 'hasOwnProperty', ''];
    expect(others.map((name) => named<unknown>(events, name))).toEqual(others.map(() => undefined));
    expect(named(undefined, 'message')).toBeUndefined();
  });
});
