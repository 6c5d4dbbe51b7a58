import { describe, expect, it } from 'vitest';
import { FieldReader } from '../../src/ws/field-reader.ts';

describe('a field, read from left to right', () => {
  it('gives tokens and marks', () => {
    const reader = new FieldReader('a ; b="c\\d"');
    expect(reader.token(false)).toBe('a');
    reader.blanksBefore(';');
    expect([reader.take(','), reader.take(';')]).toEqual([false, true]);
    expect(reader.token(true)).toBe('b');
    expect([reader.take('='), reader.take('"')]).toEqual([true, true]);
    expect(reader.quoted()).toBe('cd');
    expect(() => reader.blanksBefore(',')).not.toThrow();
  });

  it.each([
    ['a blank before the first', ' a', 'Unexpected character at index 0'],
    ['what is no token', '@', 'Unexpected character at index 0'],
    ['nothing', '', 'Unexpected end of input'],
  ])('says where the mistake is: %s', (_, text, message) => {
    expect(() => new FieldReader(text).token(false)).toThrow(new SyntaxError(message));
  });

  it('has nothing between a token and the next mark but blanks, and no blanks at the end', () => {
    const reader = new FieldReader('a b');
    reader.token(false);
    expect(() => reader.blanksBefore(',')).toThrow('Unexpected character at index 2');
    const trailing = new FieldReader('a ');
    trailing.token(false);
    expect(() => trailing.blanksBefore(',')).toThrow('Unexpected end of input');
  });

  it('ends a quoted string, which says something', () => {
    const quoted = (text: string) => () => new FieldReader(text).quoted();
    expect(quoted('abc')).toThrow('Unexpected end of input');
    expect(quoted('"')).toThrow('Unexpected character at index 0');
    expect(quoted('a b"')).toThrow('Unexpected character at index 1');
  });
});
