import { describe, expect, it } from 'vitest';
import { cookie, cookieLimits } from '../../src/auth/index.ts';

function read(field: string | undefined) {
  const headers: Record<string, string> = field === undefined ? {} : { cookie: field };
  return cookie('sid')({
    token: undefined,
    pipe: 'websocket',
    address: undefined,
    handshake: { headers, url: '/' },
  });
}

const others = (count: number): string =>
  Array.from({ length: count }, (_, at) => `c${at}=1`).join('; ');

describe('RFC 6265 §4.1.1: one cookie', () => {
  it.each([
    ['sid=abc', 'abc'],
    ['a=1; sid=abc; b=2', 'abc'],
    ['a=1;sid=abc;b=2', 'abc'],
    [' sid = abc ', 'abc'],
    ['\tsid=abc\t', 'abc'],
    ['sid="abc"', 'abc'],
    ['sid=a=b=c', 'a=b=c'],
    ['sid=%20', '%20'],
    ['xsid=1; sidx=2; sid=abc; SID=3', 'abc'],
    ['nothing; =1; sid=abc', 'abc'],
    ['seen={"a":1}; sid=abc', 'abc'],
    [`sid=${'a'.repeat(cookieLimits.valueLength)}`, 'a'.repeat(cookieLimits.valueLength)],
    [`${others(cookieLimits.cookies - 1)}; sid=abc`, 'abc'],
    [`${' '.repeat(cookieLimits.fieldLength - 7)}sid=abc`, 'abc'],
  ])('%.40s: is read', (field, value) => {
    expect(read(field)).toBe(value);
  });

  it.each([
    ['no field', undefined],
    ['an empty field', ''],
    ['another name', 'a=1'],
    ['the name alone', 'sid'],
    ['the name in capitals', 'SID=abc'],
    ['nothing in it', 'sid='],
    ['nothing between quotes', 'sid=""'],
    ['a space in it', 'sid=a b'],
    ['a comma in it', 'sid=a,b'],
    ['a backslash in it', 'sid=a\\b'],
    ['a quote in it', 'sid=a"b'],
    ['a quote between quotes', 'sid="a"b"'],
    ['a letter that is not ASCII', 'sid=ä'],
    ['a space that is not ASCII before it', 'sid=\u00a0abc'],
    ['a control character', 'sid=a\x7f'],
    ['a quote that stays open', 'sid="abc'],
    ['only a quote', 'sid="'],
    ['a quote that ends behind the next semicolon', 'sid="a;b"'],
    ['a neighbour’s quote around it', 'a="x; sid=evil; b=y"'],
    ['the name twice', 'sid=a; sid=b'],
    ['the name twice, with one value', 'sid=a; sid=a'],
    ['the name twice, once with nothing', 'sid=a; sid='],
    ['the name twice, once with a space before the mark', 'sid=a; sid =b'],
    ['one character too many', `sid=${'a'.repeat(cookieLimits.valueLength + 1)}`],
    ['one cookie too many', `${others(cookieLimits.cookies)}; sid=abc`],
    ['a field with one character too many', `${' '.repeat(cookieLimits.fieldLength - 6)}sid=abc`],
  ])('%s: there is none', (_, field) => {
    expect(read(field)).toBeUndefined();
  });

  it('there is none without a handshake', () => {
    expect(cookie('sid')({ token: 'a', pipe: 'memory', address: undefined })).toBeUndefined();
  });

  it('A3: spaces take linear time', () => {
    const field = `a=b${' '.repeat(cookieLimits.fieldLength - 20)}c; sid=abc`;
    const tookMs = Array.from({ length: 5 }, () => {
      const started = performance.now();
      expect(read(field)).toBe('abc');
      return performance.now() - started;
    });
    expect(Math.min(...tookMs)).toBeLessThan(20);
  });

  it.each(['', 'a b', 'a=b', 'a;b', 'ä', 'a'.repeat(257)])('%.10j is no name', (name) => {
    expect(() => cookie(name)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
