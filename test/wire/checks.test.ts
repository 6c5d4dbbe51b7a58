import { describe, expect, it } from 'vitest';
import type { ClientMessage, Parsed, ServerMessage } from '../../src/wire/index.ts';
import { clientMessageFromJson, serverMessageFromJson } from '../../src/wire/index.ts';

type Change = Readonly<Record<string, unknown>>;

const place = { epoch: 'e', offset: 3, id: 'c' };
const start = { epoch: 'e', offset: 0, id: '' };
const gap = { reason: 'trimmed', from: place, to: { ...place, offset: 5, id: 'x' } };
const entry = { offset: 4, id: 'd', prev: { offset: 3, id: 'c' }, data: null, atMs: 1.5 };

/** One good message of each type, with all its fields. */
const client: { readonly [Type in ClientMessage['type']]: Change } = {
  hello: { version: 1, capabilities: ['a'], token: 't' },
  subscribe: { id: 1, channel: 'a', since: place },
  unsubscribe: { id: 1, channel: 'a' },
  publish: { id: 1, channel: 'a', data: null },
  history: { id: 1, channel: 'a', after: place, limit: 1 },
  ping: { id: 1 },
};
const server: { readonly [Type in ServerMessage['type']]: Change } = {
  welcome: { version: 1, capabilities: [], session: 's', user: '', maxPending: 1 },
  subscribed: { id: 1, channel: 'a', position: place, gap },
  caughtUp: { channel: 'a', position: place },
  publication: { channel: 'a', publication: { ...entry, by: 'ada' } },
  gap: { channel: 'a', gap },
  unsubscribed: { id: 1, channel: 'a' },
  appended: { id: 1, position: place },
  historyPage: { id: 1, channel: 'a', publications: [entry], top: place, more: true, gap },
  pong: { id: 1 },
  error: { id: 1, code: 'FORBIDDEN', message: 'no', retryable: false },
  disconnect: { code: 4000, name: 'TOO_SLOW', reason: '', retryAfterMs: 0 },
};

function parse(type: string, change: Change): Parsed<ClientMessage | ServerMessage> {
  const good = { ...client, ...server }[type as 'ping']!;
  const text = JSON.stringify({ type, ...good, ...change });
  return type in client ? clientMessageFromJson(text) : serverMessageFromJson(text);
}

function problem(type: string, change: Change): string | undefined {
  const parsed = parse(type, change);
  return 'problem' in parsed ? parsed.problem : undefined;
}

const all = Object.entries({ ...client, ...server });

describe('every message', () => {
  it.each(all)('%s is given with all its fields and nothing else', (type, good) => {
    expect(parse(type, { extra: 1, constructor: 2 })).toEqual({ message: { type, ...good } });
  });

  const optional = new Set(['token', 'since', 'after', 'gap', 'retryAfterMs']);
  const fields = all.flatMap(([type, good]) =>
    Object.keys(good).map((field) => ({ type, field, good })),
  );

  it.each(fields)(
    '$type: $field may be left out only if it is optional',
    ({ type, field, good }) => {
      const mayBeAbsent = optional.has(field) && type !== 'gap';
      const { [field]: _, ...rest } = good;
      const parsed = parse(type, { [field]: undefined });
      expect(parsed).toEqual(
        mayBeAbsent
          ? { message: { type, ...rest } }
          : { problem: expect.stringMatching(`^${field} `) },
      );
    },
  );

  it.each(fields)('$type: $field is named when it is wrong', ({ type, field }) => {
    // A publication's data is any value, so it cannot be wrong.
    const wrong = field === 'data' ? undefined : { not: ['this'] };
    expect(problem(type, { [field]: wrong })).toMatch(new RegExp(`^${field}(\\.\\w+)* `));
  });

  it.each(fields)('$type: null is not the same as no $field', ({ type, field }) => {
    expect(problem(type, { [field]: null }) === undefined).toBe(field === 'data');
  });
});

/** Each value with the message and field that take it or refuse it. */
function rows(taken: readonly unknown[], refused: readonly unknown[]): [unknown, boolean][] {
  return [
    ...taken.map((value): [unknown, boolean] => [value, true]),
    ...refused.map((value): [unknown, boolean] => [value, false]),
  ];
}

describe('numbers', () => {
  const most = Number.MAX_SAFE_INTEGER;

  it.each(rows([1, 2, most], [0, -1, 1.5, most + 1, '1', true, [1]]))('id %s: %s', (id, taken) => {
    expect(problem('ping', { id })).toBe(
      taken ? undefined : `id must be a whole number from 1 to ${most}`,
    );
    expect(problem('pong', { id }) === undefined).toBe(taken);
  });

  it.each(rows([1, 1_000], [0, 1_001, 1.5, '10']))('limit %s: %s', (limit, taken) => {
    expect(problem('history', { limit })).toBe(
      taken ? undefined : 'limit must be a whole number from 1 to 1000',
    );
  });

  it.each(rows([1, most], [-1, 0.5, most + 1, '1']))('since.offset %s: %s', (offset, taken) => {
    expect(problem('subscribe', { since: { ...place, offset } })).toBe(
      taken ? undefined : `since.offset must be a whole number from 0 to ${most}`,
    );
  });

  it.each(rows([4000, 4999], [3999, 5000, 1000]))('disconnect code %s: %s', (code, taken) => {
    expect(problem('disconnect', { code })).toBe(
      taken ? undefined : 'code must be a whole number from 4000 to 4999',
    );
  });

  it('a number that JSON reads as infinite is no time', () => {
    const text = JSON.stringify({ type: 'publication', ...server.publication });
    expect(serverMessageFromJson(text.replace('"atMs":1.5', '"atMs":1e999'))).toEqual({
      problem: 'publication.atMs must be a number',
    });
  });
});

describe('texts', () => {
  const long = (length: number) => 'x'.repeat(length);

  it.each([
    ['hello', 'token', 0, 8_192],
    ['welcome', 'session', 1, 64],
    ['welcome', 'user', 0, 1_024],
    ['error', 'message', 0, 1_024],
    ['disconnect', 'reason', 0, 123],
  ])('%s: %s has %i to %i characters', (type, field, least, most) => {
    const wrong = `${field} must be a text of ${least} to ${most} characters`;
    expect(problem(type, { [field]: long(least) })).toBe(undefined);
    expect(problem(type, { [field]: long(most) })).toBe(undefined);
    expect(problem(type, { [field]: long(most + 1) })).toBe(wrong);
    expect(problem(type, { [field]: 1 })).toBe(wrong);
    if (least > 0) {
      expect(problem(type, { [field]: '' })).toBe(wrong);
    }
  });

  it('by has at most 1,024 characters', () => {
    const by = (length: number) => ({ publication: { ...entry, by: long(length) } });
    expect(problem('publication', by(1_024))).toBe(undefined);
    expect(problem('publication', by(1_025))).toBe(
      'publication.by must be a text of 0 to 1024 characters',
    );
  });

  it.each(['hello', 'welcome'])('%s: 32 capabilities of 64 characters, no more', (type) => {
    const list = (count: number, length: number) => ({
      capabilities: Array.from({ length: count }, () => long(length)),
    });
    expect(problem(type, list(32, 64))).toBe(undefined);
    expect(problem(type, list(33, 1))).toBe('capabilities must be a list of at most 32');
    expect(problem(type, list(1, 65))).toBe('capabilities must be texts of 1 to 64 characters');
    expect(problem(type, list(1, 0))).toBe('capabilities must be texts of 1 to 64 characters');
    expect(problem(type, { capabilities: ['a', 1] })).toBe(
      'capabilities must be texts of 1 to 64 characters',
    );
    expect(problem(type, { capabilities: { length: 1, 0: 'a' } })).toBe(
      'capabilities must be a list of at most 32',
    );
  });

  it.each(['subscribe', 'unsubscribe', 'publish', 'history'])(
    '%s: the channel has 200 characters at the most, and the hub judges it',
    (type) => {
      for (const channel of ['', '*', 'a b', 'x'.repeat(200), '\ud800']) {
        expect(problem(type, { channel })).toBe(undefined);
      }
      expect(problem(type, { channel: 'x'.repeat(201) })).toContain('channel');
      expect(problem(type, { channel: 1 })).toContain('channel');
    },
  );

  it.each(['subscribed', 'caughtUp', 'publication', 'gap', 'unsubscribed', 'historyPage'])(
    '%s: the channel must be the name of one',
    (type) => {
      for (const channel of ['', '*', 'a b', 'x'.repeat(201), '\ud800', 1]) {
        expect(problem(type, { channel })).toBe('channel is not the name of a channel');
      }
      expect(problem(type, { channel: 'x'.repeat(200) })).toBe(undefined);
    },
  );
});

describe('places', () => {
  const since = (change: Change) => problem('subscribe', { since: { ...place, ...change } });

  it('the beginning is a place', () => {
    expect(problem('subscribe', { since: start })).toBe(undefined);
  });

  it('an epoch has 1 to 64 characters', () => {
    expect(since({ epoch: 'x'.repeat(64) })).toBe(undefined);
    const wrong = 'since.epoch must be a text of 1 to 64 characters';
    expect(since({ epoch: 'x'.repeat(65) })).toBe(wrong);
    expect(since({ epoch: '' })).toBe(wrong);
  });

  it('an id has at most 64 characters', () => {
    expect(since({ id: 'x'.repeat(64) })).toBe(undefined);
    expect(since({ id: 'x'.repeat(65) })).toBe('since.id must be a text of 0 to 64 characters');
  });

  it('an id is empty at the beginning and nowhere else', () => {
    const wrong = 'since.id must be empty at offset 0, and only there';
    expect(since({ id: '' })).toBe(wrong);
    expect(since({ offset: 0 })).toBe(wrong);
  });

  it('neither epoch nor id holds a colon, which parts the words of a position', () => {
    expect(since({ epoch: 'a:b' })).toBe('since.epoch must not hold a colon');
    expect(since({ id: 'a:b' })).toBe('since.id must not hold a colon');
  });

  it('an entry comes after the one it links to', () => {
    const at = (offset: number, id: string) =>
      problem('publication', { publication: { ...entry, offset, id } });
    expect(at(4, 'd')).toBe(undefined);
    const wrong = 'publication.prev.offset must be less than offset';
    expect(at(3, 'd')).toBe(wrong);
    expect(at(2, 'd')).toBe(wrong);
    expect(at(0, '')).toBe(wrong);
  });

  it('a page has at most 1,000 entries, and the wrong one is named', () => {
    const page = (count: number) => Array.from({ length: count }, () => entry);
    expect(problem('historyPage', { publications: page(1_000) })).toBe(undefined);
    expect(problem('historyPage', { publications: page(1_001) })).toBe(
      'publications must be a list of at most 1000',
    );
    const bad = { ...entry, prev: { offset: -1, id: '' } };
    const longest = problem('historyPage', { publications: [...page(999), bad] });
    expect(longest).toBe(
      'publications[999].prev.offset must be a whole number from 0 to 9007199254740991',
    );
    expect(longest!.length).toBeLessThanOrEqual(100);
    expect(problem('historyPage', { publications: [entry, null] })).toBe(
      'publications[1] must be an object',
    );
    expect(problem('historyPage', { publications: [[]] })).toBe(
      'publications[0] must be an object',
    );
  });
});
