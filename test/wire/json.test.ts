import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  clientMessageFromJson,
  maxJsonLength,
  type Parsed,
  serverMessageFromJson,
  toJson,
} from '../../src/wire/json.ts';

const directions = [
  { from: 'client', parse: clientMessageFromJson },
  { from: 'server', parse: serverMessageFromJson },
] as const;

/** `depth` objects and lists in all, the message itself counted. */
function nested(depth: number, open = '[', close = ']'): string {
  return `{"type":"publish","id":1,"channel":"a","data":${open.repeat(depth - 1)}${close.repeat(depth - 1)}}`;
}

function problemOf(parsed: Parsed<unknown>): string | undefined {
  return 'problem' in parsed ? parsed.problem : undefined;
}

describe('what is no message', () => {
  it.each(directions)('from $from: text that is not JSON is refused', ({ parse }) => {
    for (const text of [
      '',
      ' ',
      '{',
      '{}}',
      'undefined',
      '\ufeff{}',
      "{'type':'ping'}",
      '{"a":1,}',
    ]) {
      expect(parse(text)).toEqual({ problem: 'the message is not JSON' });
    }
  });

  it.each(directions)('from $from: JSON that is no object is refused', ({ parse }) => {
    for (const text of ['null', '1', '"ping"', 'true', '[]', '[{"type":"ping","id":1}]']) {
      expect(parse(text)).toEqual({ problem: 'the message is not a JSON object' });
    }
  });

  it('a type that is missing, no text, unknown, or of the other direction is refused', () => {
    const problem = 'type is not a word of this protocol';
    for (const type of [
      '{}',
      '{"type":1}',
      '{"type":["ping"]}',
      '{"type":"Ping"}',
      '{"type":""}',
    ]) {
      expect(clientMessageFromJson(type)).toEqual({ problem });
      expect(serverMessageFromJson(type)).toEqual({ problem });
    }
    expect(clientMessageFromJson('{"type":"pong","id":1}')).toEqual({ problem });
    expect(serverMessageFromJson('{"type":"ping","id":1}')).toEqual({ problem });
  });
});

describe('A2 names that every object has', () => {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
    'then',
  ];

  afterEach(() => {
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(names)('%s is no type, no error code and no gap reason', (name) => {
    const notAWord = (field: string) => ({ problem: `${field} is not a word of this protocol` });
    expect(clientMessageFromJson(`{"type":"${name}","id":1}`)).toEqual(notAWord('type'));
    expect(serverMessageFromJson(`{"type":"${name}","id":1}`)).toEqual(notAWord('type'));
    const refused = { type: 'error', id: 1, code: name, message: '', retryable: false };
    expect(serverMessageFromJson(JSON.stringify(refused))).toEqual(notAWord('code'));
    const place = { epoch: 'e', offset: 1, id: 'a' };
    const gapped = { type: 'gap', channel: 'a', gap: { reason: name, from: place, to: place } };
    expect(serverMessageFromJson(JSON.stringify(gapped))).toEqual(notAWord('gap.reason'));
  });

  it('a prototype that is sent lends no fields to the message', () => {
    const text = '{"type":"ping","__proto__":{"id":1}}';
    expect(problemOf(clientMessageFromJson(text))).toMatch(/^id must be a whole number from 1 to /);
  });

  it.each(names)('a key named %s in data is data, there and back', (name) => {
    const text = `{"type":"publish","id":1,"channel":"a","data":{"${name}":{"admin":true}}}`;
    const parsed = clientMessageFromJson(text);
    expect('message' in parsed && toJson(parsed.message)).toBe(text);
    const data = ('message' in parsed && 'data' in parsed.message && parsed.message.data) as object;
    expect(Object.keys(data)).toEqual([name]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });
});

describe('D2 depth', () => {
  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
    ['both', '[{"a":', '}]'],
  ])('%s are read at depths 63 and 64, and refused from 65 on', (_, open, close) => {
    const units = open.startsWith('[{') ? 2 : 1;
    const at = (depth: number) => {
      const levels = (depth - 1) / units;
      const data = `${open.repeat(levels)}1${close.repeat(levels)}`;
      return clientMessageFromJson(`{"type":"publish","id":1,"channel":"a","data":${data}}`);
    };
    expect(problemOf(at(63))).toBe(undefined);
    expect(problemOf(at(64))).toBe(undefined);
    expect(problemOf(at(units === 2 ? 67 : 65))).toBe('the message is nested deeper than 64');
    expect(problemOf(at(100_001))).toBe('the message is nested deeper than 64');
  });

  it('200,000 brackets are refused before JSON is asked', () => {
    expect(clientMessageFromJson(nested(200_000))).toEqual({
      problem: 'the message is nested deeper than 64',
    });
    expect(clientMessageFromJson('['.repeat(200_000))).toEqual({
      problem: 'the message is nested deeper than 64',
    });
  });

  it('brackets in texts do not count, whatever is escaped around them', () => {
    const data = { '[[[{\\"': `${'['.repeat(100)}\\"${'{'.repeat(100)}\\` };
    const message = { type: 'publish', id: 1, channel: 'a', data } as const;
    expect(clientMessageFromJson(toJson(message))).toEqual({ message });
  });

  it('what is closed again does not count', () => {
    const wide = JSON.stringify(Array.from({ length: 1_000 }, () => [{}]));
    const text = `{"type":"publish","id":1,"channel":"a","data":${wide}}`;
    expect(problemOf(clientMessageFromJson(text))).toBe(undefined);
  });

  it('the deepest data that a client may publish can be read from a page of history', () => {
    const deepest = JSON.parse(`${'['.repeat(63)}${']'.repeat(63)}`) as unknown;
    const page = (data: unknown) =>
      serverMessageFromJson(
        toJson({
          type: 'historyPage',
          id: 1,
          channel: 'a',
          publications: [{ offset: 1, id: 'p', prev: { offset: 0, id: '' }, data, atMs: 0 }],
          top: { epoch: 'e', offset: 1, id: 'p' },
          more: false,
        }),
      );
    expect(problemOf(page(deepest))).toBe(undefined);
    expect(problemOf(page([deepest]))).toBe('the message is nested deeper than 66');
  });

  it('depth as counted is depth as it is', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
        : 0;
    const deep = fc.tuple(fc.integer({ min: 58, max: 66 }), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(deep, fc.string(), ([levels, inmost], key) => {
        let data: unknown = inmost;
        for (let level = 0; level < levels; level += 1) {
          data = level % 2 === 0 ? [data] : { [key]: data };
        }
        const problem = problemOf(
          clientMessageFromJson(toJson({ type: 'publish', id: 1, channel: 'a', data })),
        );
        expect(problem === undefined).toBe(1 + depthOf(data) <= 64);
      }),
    );
  });
});

describe('length', () => {
  const padded = (length: number) => {
    const empty = '{"type":"publish","id":1,"channel":"a","data":""}';
    return empty.replace('""', `"${'x'.repeat(length - empty.length)}"`);
  };

  it('1,048,576 characters are read, one more is refused', () => {
    expect(maxJsonLength).toBe(1_048_576);
    expect(problemOf(clientMessageFromJson(padded(1_048_576)))).toBe(undefined);
    expect(clientMessageFromJson(padded(1_048_577))).toEqual({
      problem: 'the message is longer than 1048576 characters',
    });
  });

  it.each(directions)('from $from: the bound can be another', ({ parse }) => {
    const text = '{"type":"none"}';
    expect(parse(text, 15)).toEqual({ problem: 'type is not a word of this protocol' });
    expect(parse(text, 14)).toEqual({ problem: 'the message is longer than 14 characters' });
  });
});

describe('any text', () => {
  it('gives a message or a problem of at most 100 characters, and is never thrown at', () => {
    const anything = fc.oneof(fc.string(), fc.json({ maxDepth: 2 }), mutated());
    fc.assert(
      fc.property(anything, (text) => {
        for (const { parse } of directions) {
          const problem = problemOf(parse(text));
          expect(problem === undefined || problem.length <= 100).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** Messages of the right type with fields of any kind. */
function mutated(): fc.Arbitrary<string> {
  const types = ['hello', 'subscribe', 'publish', 'history', 'historyPage', 'gap', 'welcome'];
  const names = ['id', 'channel', 'since', 'after', 'limit', 'publications', 'gap', 'version'];
  return fc
    .tuple(fc.constantFrom(...types), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()))
    .map(([type, fields]) => JSON.stringify({ type, ...fields }));
}
