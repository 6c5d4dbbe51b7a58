import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  HeaderList,
  isFieldValue,
  isToken,
  trimBlanks,
  uniqueTokens,
} from '../../../src/protocol/handshake/header-lists.ts';
import { prototypeNames } from './prototype-names.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('RFC 9110 §5 fields', () => {
  const list = new HeaderList([
    'Upgrade',
    'a, WebSocket',
    'X-One',
    '1',
    'upGRADE',
    'b',
    'Empty',
    '',
  ]);

  it('are found by their name in any case, all lines in order', () => {
    expect(list.all('upgrade')).toEqual(['a, WebSocket', 'b']);
    expect(list.all('up')).toEqual([]);
    expect(list.count).toBe(4);
  });

  it('that may stand once are found only when they do', () => {
    expect(list.one('x-one')).toBe('1');
    expect(list.one('empty')).toBe('');
    expect(list.one('upgrade')).toBe(undefined);
    expect(list.one('absent')).toBe(undefined);
    expect([list.has('empty'), list.has('absent')]).toEqual([true, false]);
  });

  it('that are lists are searched over all lines, in any case, whole elements only', () => {
    expect(list.hasToken('upgrade', 'websocket')).toBe(true);
    expect(list.hasToken('upgrade', 'b')).toBe(true);
    expect(list.hasToken('upgrade', 'web')).toBe(false);
    expect(list.hasToken('absent', '')).toBe(false);
  });

  it('have spaces and tabs around them, and nothing else is blank', () => {
    expect(trimBlanks(' \t a b\t ')).toBe('a b');
    expect(trimBlanks(' \t ')).toBe('');
    expect(trimBlanks('\u00a0a\v')).toBe('\u00a0a\v');
    expect(new HeaderList(['Upgrade', '\u00a0websocket']).hasToken('upgrade', 'websocket')).toBe(
      false,
    );
  });

  it('A2: named like a property of every object are absent unless they came', () => {
    for (const name of prototypeNames) {
      expect(list.all(name.toLowerCase())).toEqual([]);
      const sent = new HeaderList([name, 'x']);
      expect(sent.one(name.toLowerCase())).toBe('x');
      expect(uniqueTokens([name, `a, ${name}x`])).toEqual([name, 'a', `${name}x`]);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('§4.1 item 10: lists of distinct tokens', () => {
  it('are read over all lines', () => {
    expect(uniqueTokens([])).toEqual([]);
    expect(uniqueTokens(['a, b ,\tc', 'd'])).toEqual(['a', 'b', 'c', 'd']);
    expect(uniqueTokens(['chat, Chat'])).toEqual(['chat', 'Chat']);
  });

  it('RFC 9110 §5.6.1.2: may have empty elements, which are passed over', () => {
    for (const values of [['a,,b'], [',a', 'b'], ['a, b ,'], ['', 'a', ' \t,b']]) {
      expect(uniqueTokens(values)).toEqual(['a', 'b']);
    }
  });

  it('are refused with an element that is no token or there twice, and when all are empty', () => {
    for (const values of [[''], [' , ,'], ['a b'], ['a/b'], ['a, a'], ['a', 'a'], ['é']]) {
      expect(uniqueTokens(values)).toBe(undefined);
    }
  });

  it('A3: cost the same for each byte, however long they are', () => {
    const steps = (value: string): number => {
      const looks = vi.spyOn(String.prototype, 'charCodeAt');
      uniqueTokens([value]);
      new HeaderList(['Sec-WebSocket-Protocol', value]).hasToken('sec-websocket-protocol', 'x');
      const count = looks.mock.calls.length;
      looks.mockRestore();
      return count;
    };
    const shapes: ((length: number) => string)[] = [
      (length) => `a${' '.repeat(length)}`,
      (length) => `${' '.repeat(length)}a`,
      (length) => `a${' '.repeat(length)}b`,
      (length) => 'a,'.repeat(length / 2),
      (length) => 'a; b="\\c\\c\\c'.repeat(length / 12),
      (length) => Array.from({ length: length / 8 }, (_, i) => `t${i + 1_000_000}`).join(),
    ];
    for (const shape of shapes) {
      const [small, large] = [steps(shape(1024)), steps(shape(16_384))];
      expect(large).toBeLessThanOrEqual(small * 17);
      expect(large).toBeLessThanOrEqual(16_384 * 4);
    }
  });
});

describe('RFC 9110 §5.5, §5.6.2 characters', () => {
  const all = Array.from({ length: 300 }, (_, code) => String.fromCharCode(code));

  it('of a token are letters, digits and fifteen marks', () => {
    const expected = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]$/;
    expect(all.filter(isToken)).toEqual(all.filter((mark) => expected.test(mark)));
    expect([isToken(''), isToken('ab'), isToken('a b')]).toEqual([false, true, false]);
  });

  it('of a value are visible, Latin-1, space and tab: no line ends, no DEL', () => {
    const expected = /^[\t\x20-\x7e\x80-\xff]$/;
    expect(all.filter(isFieldValue)).toEqual(all.filter((mark) => expected.test(mark)));
    expect([isFieldValue(''), isFieldValue('a\r\nb')]).toEqual([true, false]);
  });
});
