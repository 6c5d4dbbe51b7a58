import { describe, expect, it } from 'vitest';
import { messageLimits } from '../../src/wire/checks.ts';
import { clientChecks } from '../../src/wire/client-checks.ts';
import { client, type Fields, long, place, problem, producer } from './samples.ts';

const most = Number.MAX_SAFE_INTEGER;
const said = (type: string, change: Fields) => problem('client', type, change);

it('there is a row for every message that is sampled', () => {
  expect(Object.keys(clientChecks)).toEqual(Object.keys(client));
});

describe('texts', () => {
  it.each([
    ['hello', 'token', 0, 8_192],
    ['renew', 'token', 0, 8_192],
    ['publish', 'event', 1, 64],
    ['publish', 'key', 0, 256],
    ['signal', 'event', 1, 64],
    ['call', 'method', 1, 128],
    ['decline', 'message', 0, 1_024],
  ])('%s: %s has %i to %i characters', (type, field, least, longest) => {
    const wrong = `${field} must be a text of ${least} to ${longest} characters`;
    expect(said(type, { [field]: long(least) })).toBe(undefined);
    expect(said(type, { [field]: long(longest) })).toBe(undefined);
    expect(said(type, { [field]: long(longest + 1) })).toBe(wrong);
    expect(said(type, { [field]: 1 })).toBe(wrong);
    if (least > 0) {
      expect(said(type, { [field]: '' })).toBe(wrong);
    }
  });

  it('32 capabilities of 64 characters, no more', () => {
    const list = (count: number, length: number) => ({
      capabilities: Array.from({ length: count }, () => long(length)),
    });
    expect(said('hello', list(32, 64))).toBe(undefined);
    expect(said('hello', list(33, 1))).toBe('capabilities must be a list of at most 32');
    const wrong = (at: number) => `capabilities[${at}] must be a text of 1 to 64 characters`;
    expect(said('hello', list(1, 65))).toBe(wrong(0));
    expect(said('hello', list(1, 0))).toBe(wrong(0));
    expect(said('hello', { capabilities: ['a', 1] })).toBe(wrong(1));
  });

  it('the channel has 200 characters at the most, and the hub judges it', () => {
    const asking = ['subscribe', 'unsubscribe', 'publish', 'signal', 'history', 'enter', 'exit'];
    for (const type of [...asking, 'call']) {
      for (const channel of ['', '*', 'a b', '~inbox', '~roster:a', long(200), '\ud800']) {
        expect(said(type, { channel })).toBe(undefined);
      }
      expect(said(type, { channel: long(201) })).toContain('channel');
      expect(said(type, { channel: 1 })).toContain('channel');
    }
  });
});

describe('resuming', () => {
  const channels = (count: number, one: Fields = { channel: 'a' }) => ({
    channels: Array.from({ length: count }, () => one),
  });

  it('a stay has a name of 1 to 64 characters, and a secret of 1 to 128', () => {
    const stay = (session: unknown, secret: unknown) =>
      said('hello', { resume: { session, secret } });
    expect(stay(long(64), long(128))).toBe(undefined);
    const name = 'resume.session must be a text of 1 to 64 characters';
    const secret = 'resume.secret must be a text of 1 to 128 characters';
    expect([stay('', 'x'), stay(long(65), 'x')]).toEqual([name, name]);
    expect([stay('s', ''), stay('s', long(129)), stay('s', 1)]).toEqual([secret, secret, secret]);
  });

  it('128 channels in one message, no more; none is fine', () => {
    expect(messageLimits.resumeChannels).toBe(128);
    expect(said('resume', channels(0))).toBe(undefined);
    expect(said('resume', channels(128))).toBe(undefined);
    expect(said('resume', channels(129))).toBe('channels must be a list of at most 128');
  });

  it('each is what a subscribe would say', () => {
    expect(said('resume', channels(2, { channel: '*', since: place }))).toBe(undefined);
    const wrong = { ...place, offset: -1 };
    expect(said('resume', channels(1, { channel: 'a', since: wrong }))).toBe(
      `channels[0].since.offset must be a whole number from 0 to ${most}`,
    );
    expect(said('resume', channels(1, {}))).toBe(
      'channels[0].channel must be a text of 0 to 200 characters',
    );
  });
});

describe('publishing', () => {
  const by = (change: Fields) => said('publish', { producer: { ...producer, ...change } });

  it('the name of a producer has 16 to 64 characters and no colon', () => {
    expect([by({ name: long(16) }), by({ name: long(64) })]).toEqual([undefined, undefined]);
    const wrong = 'producer.name must be a text of 16 to 64 characters';
    expect([by({ name: long(15) }), by({ name: long(65) })]).toEqual([wrong, wrong]);
    expect(by({ name: `${long(16)}:` })).toBe('producer.name must not hold a colon');
  });

  it.each(['epoch', 'first', 'seq'])('the %s of a producer is a whole number from 1', (field) => {
    expect([by({ [field]: 1 }), by({ [field]: most })]).toEqual([undefined, undefined]);
    for (const wrong of [0, -1, 1.5, most + 1, '1']) {
      expect(by({ [field]: wrong })).toBe(
        `producer.${field} must be a whole number from 1 to ${most}`,
      );
    }
  });

  it('durability is one of four words', () => {
    for (const durability of ['memory', 'disk', 'replicated', 'quorum']) {
      expect(said('publish', { durability })).toBe(undefined);
    }
    expect(said('publish', { durability: 'constructor' })).toContain('durability');
  });

  it('what is removed has data that is null; whether it has a key the hub judges', () => {
    expect(said('publish', { data: 1 })).toBe('removed needs data that is null');
    expect(said('publish', { key: undefined })).toBe(undefined);
    expect(said('publish', { removed: undefined, data: 1 })).toBe(undefined);
  });
});

describe('numbers', () => {
  it('a page of 1 to 1,000 entries is asked for', () => {
    expect([said('history', { limit: 1 }), said('history', { limit: 1_000 })]).toEqual([
      undefined,
      undefined,
    ]);
    for (const limit of [0, 1_001, 1.5, '10']) {
      expect(said('history', { limit })).toBe('limit must be a whole number from 1 to 1000');
    }
  });

  it('a call is waited for no longer than a timer can run', () => {
    expect(said('call', { withinMs: 2_147_483_647 })).toBe(undefined);
    for (const withinMs of [0, 2_147_483_648, 0.5]) {
      expect(said('call', { withinMs })).toBe(
        'withinMs must be a whole number from 1 to 2147483647',
      );
    }
  });
});

it('a call is declined with one of four codes', () => {
  for (const code of ['METHOD_UNKNOWN', 'CALL_FAILED', 'CALL_TOO_LATE', 'CALL_CANCELLED']) {
    expect(said('decline', { code })).toBe(undefined);
  }
  expect(said('decline', { code: 'FORBIDDEN' })).toBe('code is not a word of this protocol');
});
