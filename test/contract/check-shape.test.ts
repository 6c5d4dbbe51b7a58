import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkShape, maxCallLength, maxEventLength } from '../../src/contract/check-shape.ts';
import { messageLimits } from '../../src/wire/index.ts';

const text = z.string();
const call = { in: text, out: text };

/** The message, or undefined when it may stand. */
function refusal(shape: unknown): string | undefined {
  try {
    checkShape(shape);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: 'ContractError', code: 'CONTRACT_INVALID' });
    return (error as Error).message;
  }
}
const ofChannel = (channel: unknown) => refusal({ channels: { a: channel } });

describe('a shape that may stand', () => {
  it('has every field, with schemas of any library, objects and functions', () => {
    const shape = {
      user: z.object({ id: z.string() }),
      session: text,
      channels: {
        a: {
          events: { message: v.string() },
          signals: { typing: type('string') },
          presence: text,
          calls: { send: call },
          history: { entries: 1, ageMs: Number.MAX_SAFE_INTEGER },
        },
        b: { state: text, signals: {}, history: {} },
      },
      calls: { now: { ...call, progress: text } },
    };
    expect(typeof shape.channels.a.signals.typing).toBe('function');
    expect(refusal(shape)).toBeUndefined();
  });

  it('may leave out what it has not, also by undefined', () => {
    const channel = {
      events: undefined,
      state: undefined,
      calls: undefined,
      history: { ageMs: undefined },
    };
    expect(
      refusal({ channels: { a: channel }, user: undefined, session: undefined, calls: undefined }),
    ).toBeUndefined();
  });

  it('has names that fit in a message, and no longer ones', () => {
    expect(maxEventLength).toBe(messageLimits.eventLength);
    expect(maxCallLength).toBe(messageLimits.methodLength);
    for (const field of ['events', 'signals']) {
      expect(ofChannel({ [field]: { ['x'.repeat(64)]: text } })).toBeUndefined();
      expect(ofChannel({ [field]: { ['x'.repeat(65)]: text } })).toContain('1 to 64 whole');
      expect(ofChannel({ [field]: { '': text } })).toContain('1 to 64 whole');
      expect(ofChannel({ [field]: { 'a\ud800': text } })).toContain('1 to 64 whole');
    }
    expect(refusal({ channels: {}, calls: { ['x'.repeat(128)]: call } })).toBeUndefined();
    expect(refusal({ channels: {}, calls: { ['x'.repeat(129)]: call } })).toContain('1 to 128');
  });
});

describe('a shape that is refused says where', () => {
  it.each([
    ['nothing', undefined, 'the contract: must be an object'],
    ['a list', [], 'the contract: must be an object'],
    ['no channels', {}, 'channels: must be an object'],
    ['an unknown field', { channels: {}, chanels: {} }, 'the contract: "chanels" is none'],
    ['a user that is no schema', { channels: {}, user: {} }, 'user: must be a schema'],
  ])('%s', (_, shape, message) => {
    expect(refusal(shape)).toContain(message);
  });

  it.each([
    ['nothing', undefined, '"a": must be an object'],
    ['a schema in its place', text, '"a": "'],
    ['an unknown field', { evnts: {} }, '"a": "evnts" is none of its fields: events, signals'],
    ['state and events', { state: text, events: {} }, '"a": has state or events, not both'],
    ['state that is no schema', { state: 'string' }, '"a", state: must be a schema'],
    [
      'a schema of another version',
      { state: { '~standard': { version: 2, validate() {} } } },
      'a schema',
    ],
    [
      'a schema that cannot validate',
      { state: { '~standard': { version: 1 } } },
      'must be a schema',
    ],
    ['presence that is null', { presence: null }, '"a", presence: must be a schema'],
    ['an event that is no schema', { events: { m: String } }, '"a", events, "m": must be a schema'],
    ['a signal that is undefined', { signals: { t: undefined } }, '"a", signals, "t": must be'],
    [
      'an event and a signal of one name, of which listeners know no more',
      { events: { m: text, n: text }, signals: { t: text, n: text } },
      '"a": an event and a signal are called "n"',
    ],
    ['a call without an answer', { calls: { c: { in: text } } }, '"a", calls, "c", out: must be'],
    [
      'progress that is no schema',
      { calls: { c: { ...call, progress: Number } } },
      '"a", calls, "c", progress: must be',
    ],
    ['a call with something else', { calls: { c: { ...call, err: text } } }, '"err" is none'],
    ['a call that is none', { calls: { c: undefined } }, '"a", calls, "c": must be an object'],
    ['history that is a number', { history: 5 }, '"a", history: must be an object'],
    ['history of something else', { history: { max: 5 } }, '"a", history: "max" is none'],
    [
      'no entries',
      { history: { entries: 0 } },
      '"a", history, entries: must be a positive integer',
    ],
    ['half an entry', { history: { entries: 0.5 } }, 'must be a positive integer'],
    ['an age without end', { history: { ageMs: Infinity } }, 'must be a positive integer'],
    ['a number in words', { history: { ageMs: '5' } }, 'must be a positive integer'],
  ])('a channel with %s', (_, channel, message) => {
    expect(ofChannel(channel)).toContain(message);
  });

  it.each(['gap', 'status', 'state', 'presence'])('an event or a signal called %s', (word) => {
    expect(ofChannel({ events: { [word]: text } })).toContain(`"${word}" is what the client`);
    expect(ofChannel({ signals: { [word]: text } })).toContain(`"${word}" is what the client`);
    expect(ofChannel({ calls: { [word]: call } })).toBeUndefined();
  });
});
