import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { messageLimits } from '../../src/wire/checks.ts';
import type { ClientMessage } from '../../src/wire/client-messages.ts';
import {
  clientMessageFromJson,
  clientMessagesFromJson,
  joinJson,
  maxJsonLength,
  maxServerDepth,
  serverMessageFromJson,
  serverMessagesFromJson,
  toJson,
} from '../../src/wire/json.ts';
import type { Parsed } from '../../src/wire/read-message.ts';
import type { ServerMessage } from '../../src/wire/server-messages.ts';

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
    for (const text of ['null', '1', '"ping"', 'true', '[null]', '[[]]', '[[{"type":"ping"}]]']) {
      expect(parse(text)).toEqual({ problem: 'the message is not an object' });
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

  it('the deepest data that a client may enter a roster with can be read from its history', () => {
    expect(maxServerDepth).toBe(67);
    const deepest = { data: JSON.parse(`${'['.repeat(63)}${']'.repeat(63)}`) as unknown };
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
    expect(problemOf(page([deepest]))).toBe('the message is nested deeper than 67');
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

describe('several messages in one frame', () => {
  const pings = (count: number): ClientMessage[] =>
    Array.from({ length: count }, (_, at) => ({ type: 'ping', id: at + 1 }));

  it('come back in order, both ways', () => {
    const said: ClientMessage[] = [...pings(2), { type: 'cancel', id: 9 }];
    const frame = joinJson(said.map(toJson));
    expect(frame).toBe('[{"type":"ping","id":1},{"type":"ping","id":2},{"type":"cancel","id":9}]');
    expect(clientMessagesFromJson(frame)).toEqual({ messages: said });
    const answers: ServerMessage[] = [
      { type: 'pong', id: 1 },
      { type: 'revoke', id: 2 },
    ];
    expect(serverMessagesFromJson(joinJson(answers.map(toJson)))).toEqual({ messages: answers });
  });

  it('one alone needs no list, and may have one', () => {
    const messages = pings(1);
    expect(clientMessagesFromJson('{"type":"ping","id":1}')).toEqual({ messages });
    expect(clientMessagesFromJson(' [{"type":"ping","id":1}]')).toEqual({ messages });
  });

  it('D4: 1,000 are read; none, 1,001, and a list in a list are refused', () => {
    expect(messageLimits.frameMessages).toBe(1_000);
    const read = clientMessagesFromJson(JSON.stringify(pings(1_000)));
    expect('messages' in read && read.messages.length).toBe(1_000);
    const wrong = { problem: 'a list holds 1 to 1000 messages' };
    expect(clientMessagesFromJson(JSON.stringify(pings(1_001)))).toEqual(wrong);
    expect(clientMessagesFromJson('[]')).toEqual(wrong);
    expect(clientMessagesFromJson('[[{"type":"ping","id":1}]]')).toHaveProperty('problem');
  });

  it('D4: a megabyte of line ends is no message, nor is one with a list behind it', () => {
    const lines = '\n'.repeat(1_000_000);
    expect(clientMessagesFromJson(lines)).toEqual({ problem: 'the message is not JSON' });
    expect(clientMessagesFromJson(`${lines}[]`)).toHaveProperty('problem');
  });

  it('none counts when one is wrong', () => {
    expect(clientMessagesFromJson('[{"type":"ping","id":1},{"type":"ping","id":0}]')).toEqual({
      problem: `id must be a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`,
    });
  });

  it('where a text holds one message, two are too many', () => {
    const two = '[{"type":"ping","id":1},{"type":"ping","id":2}]';
    expect(clientMessageFromJson(two)).toEqual({ problem: 'there is more than one message' });
  });

  it('D2: the list around them does not count as depth', () => {
    const deep = nested(64);
    expect(problemOf(clientMessageFromJson(`\n [${deep}]`))).toBe(undefined);
    expect(clientMessageFromJson(`[${nested(65)}]`)).toEqual({
      problem: 'the message is nested deeper than 64',
    });
  });
});

describe('bytes', () => {
  const bytes = Uint8Array.of(0, 1, 2, 250, 255);
  const entry = { offset: 1, id: 'p', prev: { offset: 0, id: '' }, data: bytes, atMs: 0 };
  const carrying: readonly ClientMessage[] = [
    { type: 'publish', id: 1, channel: 'a', data: bytes, event: 'e' },
    { type: 'signal', channel: 'a', data: bytes },
    { type: 'enter', id: 1, channel: 'a', data: bytes },
    { type: 'call', id: 1, method: 'm', data: bytes, withinMs: 1 },
    { type: 'answer', id: 1, data: new Uint8Array(0) },
  ];
  const carried: readonly ServerMessage[] = [
    { type: 'publication', channel: 'a', publication: entry },
    {
      type: 'historyPage',
      id: 1,
      channel: 'a',
      publications: [
        { ...entry, data: 'text' },
        { ...entry, by: 'ada' },
      ],
      top: { epoch: 'e', offset: 1, id: 'p' },
      more: false,
    },
    { type: 'signal', channel: 'a', data: bytes, by: 'ada' },
    { type: 'progress', id: 1, seq: 1, data: bytes },
    { type: 'reply', id: 1, data: bytes },
    { type: 'ask', id: 1, method: 'm', data: bytes, withinMs: 1 },
  ];

  it.each(carrying)('$type of a client carries them as base64', (message) => {
    expect(toJson(message)).toMatch(/"bytes":"(AAEC\+v8=)?"/);
    expect(clientMessageFromJson(toJson(message))).toEqual({ message });
  });

  it.each(carried)('$type of a hub carries them as base64', (message) => {
    expect(toJson(message)).toContain('"bytes":"AAEC+v8="');
    expect(serverMessageFromJson(toJson(message))).toEqual({ message });
  });

  it('stand where data would, and never beside it', () => {
    expect(toJson(carrying[0]!)).toBe(
      '{"type":"publish","id":1,"channel":"a","bytes":"AAEC+v8=","event":"e"}',
    );
    const both = '{"type":"signal","channel":"a","data":null,"bytes":""}';
    expect(clientMessageFromJson(both)).toEqual({ problem: 'bytes cannot stand beside data' });
  });

  it('that are no base64 are refused', () => {
    for (const wrong of ['"A"', '"AA=A"', '"AA\\nA"', '"____"', '1', 'null', '["AAAA"]']) {
      const text = `{"type":"signal","channel":"a","bytes":${wrong}}`;
      expect(clientMessageFromJson(text)).toEqual({ problem: 'bytes must be base64' });
    }
  });
});

describe('D3 keys that look like numbers', () => {
  it.each([
    ['multiples of 65,536', (at: number) => at * 65_536],
    ['multiples of 1,024, as many as have seven digits', (at: number) => (at % 9_765) * 1_024],
    ['the last indices of an array', (at: number) => 4_294_967_294 - at],
  ])(
    '50,000 that are %s are read in less than 50 ms, or on a busy machine as fast as any',
    (_what, numberAt) => {
      /** The quickest of five, in milliseconds. */
      const bestMs = (keyAt: (at: number) => string | number): number => {
        const keys = Array.from({ length: 50_000 }, (_, at) => `"${keyAt(at)}":0`);
        const text = `{"type":"signal","channel":"a","data":{${keys.join(',')}}}`;
        expect(text.length).toBeLessThan(maxJsonLength);
        const times = Array.from({ length: 5 }, () => {
          const fromMs = performance.now();
          expect(problemOf(clientMessageFromJson(text))).toBe(undefined);
          return performance.now() - fromMs;
        });
        return Math.min(...times);
      };
      const hostileMs = bestMs(numberAt);
      expect(hostileMs).toBeLessThan(Math.max(50, 4 * bestMs((at) => `key ${at * 65_537}`)));
    },
    30_000,
  );
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
