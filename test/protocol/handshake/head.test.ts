import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeadReader, headLimitDefaults, readHead } from '../../../src/protocol/handshake/head.ts';
import { prototypeNames } from './prototype-names.ts';

const simple =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX:  a b\t\r\nEmpty:\r\n\r\n';

interface Result {
  readonly fault: string | undefined;
  readonly startLine: string | undefined;
  readonly fields: readonly (readonly [string, string | undefined])[];
  /** Bytes that belong to the head. */
  readonly taken: number;
}

/** Reads `text` in chunks of these sizes, the last of them again and again. */
function read(text: string, sizes: readonly number[] = [Infinity], limits = {}): Result {
  const reader = new HeadReader({ ...headLimitDefaults, ...limits });
  const bytes = Buffer.from(text, 'latin1');
  let taken = 0;
  for (let at = 0, i = 0; at < bytes.length && reader.head === undefined; i += 1) {
    const chunk = bytes.subarray(at, at + (sizes[Math.min(i, sizes.length - 1)] ?? 1));
    taken += reader.read(chunk);
    at += chunk.length;
    if (reader.fault !== undefined) {
      break;
    }
  }
  const names = ['upgrade', 'x', 'empty', 'a'];
  const headers = reader.head?.headers;
  const fields = names.map((name) => [name, headers?.one(name)] as const);
  return { fault: reader.fault, startLine: reader.head?.startLine, fields, taken };
}

describe('RFC 9112 the head of a message', () => {
  it('ends at the empty line; what follows is not part of it', () => {
    for (const sizes of [[Infinity], [1], [7], [3, 50, 1]]) {
      expect(read(`${simple}\x82\x00\r\n`, sizes)).toEqual({
        fault: undefined,
        startLine: 'HTTP/1.1 101 Switching Protocols',
        fields: [
          ['upgrade', 'websocket'],
          ['x', 'a b'],
          ['empty', ''],
          ['a', undefined],
        ],
        taken: simple.length,
      });
    }
  });

  it('is not there before its last byte', () => {
    const reader = new HeadReader(headLimitDefaults);
    for (const byte of Buffer.from(simple)) {
      expect(reader.head).toBe(undefined);
      expect(reader.read(Uint8Array.of(byte))).toBe(1);
    }
    expect(reader.head?.headers.count).toBe(3);
    expect(reader.fault).toBe(undefined);
  });

  const malformed: readonly [string, string][] = [
    ['a line that ends in LF alone', 'HTTP/1.1 101 X\r\nA: b\n\r\n'],
    ['a CR inside of a line', 'HTTP/1.1 101 X\r\nA: b\rc\r\n\r\n'],
    ['a CR before CR LF', 'HTTP/1.1 101 X\r\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 101 X\r\nA: b\r\n c\r\n\r\n'],
    ['a folded line with a colon', 'HTTP/1.1 101 X\r\nA: b\r\n\tc: d\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 101 X\r\nA\r\n\r\n'],
    ['a field without a name', 'HTTP/1.1 101 X\r\n: b\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 101 X\r\nA : b\r\n\r\n'],
    ['a NUL in a value', 'HTTP/1.1 101 X\r\nA: b\0\r\n\r\n'],
    ['a vertical tab at the end of a value', 'HTTP/1.1 101 X\r\nA: b\v\r\n\r\n'],
    ['a NUL in the first line', 'HTTP/1.1 101 \0\r\n\r\n'],
    ['a colon in a name of two words', 'HTTP/1.1 101 X\r\nA b: c\r\n\r\n'],
  ];
  for (const [what, text] of malformed) {
    it(`is refused for ${what}, whole and byte by byte`, () => {
      expect(read(text).fault).toBe('HEAD_MALFORMED');
      expect(read(text, [1]).fault).toBe('HEAD_MALFORMED');
    });
  }

  it('keeps Latin-1 as it is: a no-break space is no blank', () => {
    expect(read('X\r\nA: \xa0\xe9\r\n\r\n').fields[3]).toEqual(['a', '\xa0\xe9']);
  });

  it('A2: knows no name that is special', () => {
    for (const name of prototypeNames) {
      const reader = new HeadReader(headLimitDefaults);
      reader.read(Buffer.from(`X\r\n${name}: ${name}\r\n\r\n`));
      expect(reader.head?.headers.one(name.toLowerCase())).toBe(name);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('§10.4 limits of a head', () => {
  it('bytes: the limit passes, one more does not', () => {
    for (const sizes of [[Infinity], [1]]) {
      expect(read(simple, sizes, { maxHeadBytes: simple.length }).fault).toBe(undefined);
      const over = read(simple, sizes, { maxHeadBytes: simple.length - 1 });
      expect([over.fault, over.taken]).toEqual(['HEAD_TOO_LARGE', simple.length - 1]);
    }
  });

  it('A1: fields: 10 of 10, 1,999, 2,000 and 2,001 of 2,000', () => {
    const head = (count: number): string => {
      const fields = Array.from({ length: count }, (_, i) => `f${i.toString(36)}: x\r\n`);
      return `HTTP/1.1 101 X\r\n${fields.join('')}\r\n`;
    };
    const faultOf = (count: number, maxHeaders: number): string | undefined =>
      read(head(count), [Infinity], { maxHeadBytes: 1_000_000, maxHeaders }).fault;
    expect([faultOf(10, 10), faultOf(11, 10)]).toEqual([undefined, 'TOO_MANY_HEADERS']);
    expect([1999, 2000, 2001].map((count) => faultOf(count, 2000))).toEqual([
      undefined,
      undefined,
      'TOO_MANY_HEADERS',
    ]);
  });

  it('are finite unless asked otherwise', () => {
    expect(headLimitDefaults).toEqual({ maxHeadBytes: 16_384, maxHeaders: 100 });
  });

  it('A3: every byte is looked at once, whole and byte by byte', () => {
    const long = `HTTP/1.1 101 X\r\nSec-WebSocket-Protocol: a${' '.repeat(16_000)}b\r\n\r\n`;
    for (const size of [long.length, 1]) {
      let looks = 0;
      const reader = new HeadReader({ ...headLimitDefaults, maxHeadBytes: 20_000 });
      for (let at = 0; at < long.length; at += size) {
        const chunk = Buffer.from(long.slice(at, at + size));
        const watched = new Proxy(chunk, {
          get(target, name) {
            looks += typeof name === 'string' && /^\d+$/.test(name) ? 1 : 0;
            return Reflect.get(target, name, target) as unknown;
          },
        });
        reader.read(watched);
      }
      expect(reader.head?.headers.count).toBe(1);
      expect(looks).toBe(long.length);
    }
  });
});

describe('RFC 9112: any bytes in any chunks', () => {
  it('give the same head or the same fault, after the same number of bytes', () => {
    const piece = fc.constantFrom(
      '\r\n',
      'A: b',
      '\r',
      '\n',
      ' ',
      ':',
      'HTTP/1.1 101 X',
      '\0',
      'é',
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), sizes, (pieces, cuts) => {
        const text = pieces.join('');
        const limits = { maxHeadBytes: 60, maxHeaders: 2 };
        const whole = read(text, [Infinity], limits);
        const cut = read(text, cuts, limits);
        expect([cut.fault, cut.startLine, cut.fields]).toEqual([
          whole.fault,
          whole.startLine,
          whole.fields,
        ]);
        expect(whole.startLine === undefined || cut.taken === whole.taken).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a head that is here as a whole', () => {
  const lines = fc.array(
    fc.oneof(
      fc.constantFrom(
        'A: b',
        'a:b',
        'X:  c\t',
        'A: \xe9',
        '',
        ' a',
        'A',
        ': b',
        'A : b',
        'A: \0',
        'A: b\n',
        'A\r: b',
        'A: \x7f',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 8 }),
    ),
    { maxLength: 5 },
  );

  it('is read and refused as by a reader that sees it byte by byte', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 60 }), (some, maxHeadBytes) => {
        const limits = { maxHeadBytes, maxHeaders: 3 };
        const text = `GET / HTTP/1.1\r\n${some.map((line) => `${line}\r\n`).join('')}`;
        const reader = new HeadReader(limits);
        const size = reader.read(Buffer.from(`${text}\r\n`, 'latin1'));
        // One that ended before the end of the text is another question.
        fc.pre(reader.head === undefined || size === text.length + 2);
        expect(readHead(text, limits)).toEqual(reader.head);
      }),
    );
  });

  it('has both limits: reached, and one beyond', () => {
    const text = 'GET / HTTP/1.1\r\nA: b\r\nC: d\r\n';
    const bytes = text.length + 2;
    expect(readHead(text, { maxHeadBytes: bytes, maxHeaders: 2 })?.headers.count).toBe(2);
    expect(readHead(text, { maxHeadBytes: bytes - 1, maxHeaders: 2 })).toBe(undefined);
    expect(readHead(text, { maxHeadBytes: bytes, maxHeaders: 1 })).toBe(undefined);
  });
});
