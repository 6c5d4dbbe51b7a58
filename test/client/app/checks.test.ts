import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type Checked,
  checksOf,
  heardBy,
  type Invalid,
  noChecks,
} from '../../../src/client/app/checks.ts';
import { contract, type Schema } from '../../../src/contract/index.ts';

const later = z.string().refine(async () => true);
/** Of another window, or of a page that has a Promise of its own. */
const foreign = {
  // biome-ignore lint/suspicious/noThenProperty: that is what it is about
  then: () => foreign, // oxlint-disable-line unicorn/no-thenable -- the same
};
const elsewhere: Schema<string> = {
  '~standard': { version: 1, vendor: 'test', validate: () => foreign as never },
};
const app = contract({
  channels: {
    'chat/:room': {
      events: { message: z.object({ text: z.string(), at: z.coerce.date() }), later, elsewhere },
      signals: { typing: z.number() },
      presence: z.string(),
      calls: {
        send: { in: z.string(), out: z.number(), progress: z.string().transform(Number) },
        mute: { in: z.null(), out: z.null() },
      },
    },
    price: { state: z.number() },
  },
  calls: { add: { in: z.number(), out: z.number() } },
});

function checking(checked: Checked = { pattern: 'chat/:room', channel: 'chat/1' }) {
  const told: Invalid[] = [];
  return { told, checks: checksOf(app, checked, (invalid) => told.push(invalid)) };
}

describe('what is said', () => {
  it('goes when it fits the contract', () => {
    const { checks } = checking();
    checks.given('events', { text: 'hi', at: 0 }, 'message');
    checks.given('signals', 1, 'typing');
    checks.given('presence', 'well');
    checks.given('calls', 'hi', 'send');
    checking({ pattern: 'price', channel: 'price' }).checks.given('state', 1);
    checking({ pattern: undefined, channel: '' }).checks.given('calls', 1, 'add');
  });

  it('is refused with every field that is wrong', () => {
    const { checks } = checking();
    expect(() => checks.given('events', { text: 1, at: 'never' }, 'message')).toThrow(
      expect.objectContaining({
        code: 'PAYLOAD_INVALID',
        retryable: false,
        message: expect.stringMatching(/^text: .+; at: .+/),
        details: {
          issues: [
            { path: 'text', message: expect.any(String) },
            { path: 'at', message: expect.any(String) },
          ],
        },
      }),
    );
    expect(() => checks.given('presence', 1)).toThrow(/^data: /);
    expect(() => checks.given('calls', 1, 'send')).toThrow(/^data: /);
  });

  it('is refused under a name that does not stand in the contract, such as what every object has', () => {
    const { checks } = checking();
    for (const name of ['mesage', 'constructor', 'typing']) {
      expect(() => checks.given('events', 1, name)).toThrow(
        expect.objectContaining({ code: 'EVENT_UNKNOWN' }),
      );
    }
    expect(() => checks.given('state', 1)).toThrow(
      expect.objectContaining({ code: 'EVENT_UNKNOWN' }),
    );
    expect(() => checks.given('calls', 1, 'add')).toThrow(
      expect.objectContaining({ code: 'EVENT_UNKNOWN' }),
    );
  });

  it('is refused where a schema does not answer at once', () => {
    expect(() => checking().checks.given('events', 'x', 'later')).toThrow(/at once/);
    expect(() => checking().checks.given('events', 'x', 'elsewhere')).toThrow(/at once/);
  });
});

describe('what comes', () => {
  it('is what the schema makes of it', () => {
    const { checks, told } = checking();
    const seen = checks.seen('events', { text: 'hi', at: 0 }, 'message');
    expect(seen).toEqual({ data: { text: 'hi', at: new Date(0) } });
    expect(told).toEqual([]);
  });

  it('is not told when it is invalid, but that it was', () => {
    const { checks, told } = checking();
    expect(checks.seen('events', { text: 1, at: 0 }, 'message')).toBeUndefined();
    expect(checks.seen('events', 1, 'unheard')).toBeUndefined();
    expect(checks.seen('presence', 1)).toBeUndefined();
    expect(told).toEqual([
      { channel: 'chat/1', name: 'message', issues: [expect.objectContaining({ path: 'text' })] },
      {
        channel: 'chat/1',
        name: 'unheard',
        issues: [{ path: '', message: 'it does not stand in the contract' }],
      },
      { channel: 'chat/1', name: undefined, issues: [expect.objectContaining({ path: '' })] },
    ]);
  });
});

describe('without the contract', () => {
  it('nothing is looked at', () => {
    noChecks.given('events', 1, 'anything');
    expect(noChecks.seen('events', 1, 'anything')).toEqual({ data: 1 });
  });
});

describe('what a method tells on the way', () => {
  it('is heard as the schema makes it; what does not fit, or has no schema, is told as invalid', () => {
    const { checks, told } = checking();
    const heard: unknown[] = [];
    const onProgress = (...step: unknown[]): void => void heard.push(step);
    const options = { withinMs: 5, onProgress };
    const { onProgress: tell, ...rest } = heardBy(checks, 'send', options);
    tell!('1', 1);
    tell!(2, 2);
    heardBy(checks, 'mute', options).onProgress!('3', 3);
    heardBy(noChecks, 'mute', options).onProgress!('4', 4);
    expect(heard).toEqual([
      [1, 1],
      ['4', 4],
    ]);
    expect(rest).toEqual({ withinMs: 5 });
    expect(told).toMatchObject([
      { channel: 'chat/1', name: 'send', issues: [{ path: '' }] },
      { channel: 'chat/1', name: 'mute', issues: [{ path: '' }] },
    ]);
  });

  it('is not asked for where nobody listens', () => {
    const { checks } = checking();
    expect(heardBy(checks, 'send')).toEqual({});
    expect(heardBy(checks, 'send', { withinMs: 5 })).toEqual({ withinMs: 5 });
  });
});
