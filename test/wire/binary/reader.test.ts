import { describe, expect, it } from 'vitest';
import type { Kind, Layout } from '../../../src/wire/binary/layouts.ts';
import { Reader } from '../../../src/wire/binary/reader.ts';

function read(bytes: readonly number[], layout: Layout, room = 64) {
  const reader = new Reader(Uint8Array.from(bytes));
  const values = reader.record(layout, room);
  return { values, problem: reader.problem, left: reader.left };
}

const of = (kind: Kind, bytes: readonly number[]) => read(bytes, { a: kind });

describe('whole numbers', () => {
  it('come back up to 2^53 - 1', () => {
    expect(of('whole', [255, 255, 255, 255, 255, 255, 255, 15]).values).toEqual({
      a: Number.MAX_SAFE_INTEGER,
    });
  });

  it.each([
    ['2^53', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 16], 'a number is too large'],
    ['nine bytes', Array.from({ length: 9 }, () => 0x80), 'a number is too large'],
    ['a last byte of nothing', [0x81, 0], 'a number is longer than it need be'],
    ['no last byte', [0x81], 'the message ends too early'],
    ['no byte', [], 'the message ends too early'],
  ])('%s is refused', (_, bytes, problem) => {
    expect(of('whole', bytes).problem).toBe(problem);
  });
});

describe('D1 nothing that is declared is believed', () => {
  it('a length of more than is left', () => {
    expect(of('text', [3, 0x61, 0x62]).problem).toBe('a length goes beyond the end');
    expect(of('value', [1, 0xff, 0xff, 0xff, 0xff, 15]).problem).toBe(
      'a length goes beyond the end',
    );
  });

  it('a count of more than is left makes no list of that length', () => {
    const { values, problem } = of({ list: 'whole' }, [0xff, 0xff, 0xff, 0xff, 15, 1]);
    expect(problem).toBe('a count goes beyond the end');
    expect(values).toEqual({ a: [] });
  });

  it('a field that this version does not have', () => {
    const layout: Layout = { a: { maybe: 'mark' }, b: { maybe: 'mark' } };
    expect(read([3], layout)).toEqual({
      values: { a: true, b: true },
      problem: undefined,
      left: 0,
    });
    expect(read([4], layout).problem).toBe('there is a field that this version does not have');
  });
});

describe('values', () => {
  it.each<[string, Kind, number[], string]>([
    ['a flag of 2', 'flag', [2], 'a flag is neither 0 nor 1'],
    ['a tag of 2', 'value', [2, 0], 'a value is neither JSON nor bytes'],
    ['JSON that is none', 'value', [0, 1, 0x7b], 'a value is not JSON'],
    ['no JSON', 'json', [0], 'a value is not JSON'],
    ['half a character', 'text', [1, 0xc3], 'a text is not UTF-8'],
    ['a surrogate', 'text', [3, 0xed, 0xa0, 0x80], 'a text is not UTF-8'],
    ['seven bytes for a number', 'number', [0, 0, 0, 0, 0, 0, 0], 'the message ends too early'],
  ])('%s: refused', (_, kind, bytes, problem) => {
    expect(of(kind, bytes).problem).toBe(problem);
  });

  it('D2: JSON nests as deep as there is room, which records and lists take from', () => {
    const json = [...new TextEncoder().encode('[[[]]]')];
    const value = [0, json.length, ...json];
    expect(read(value, { a: 'value' }, 3).problem).toBe(undefined);
    expect(read(value, { a: 'value' }, 2).problem).toBe('a value is nested too deep');
    const inside: Layout = { a: { list: { record: { b: 'value' } } } };
    expect(read([1, ...value], inside, 5).problem).toBe(undefined);
    expect(read([1, ...value], inside, 4).problem).toBe('a value is nested too deep');
  });

  it('bytes are a copy: the frame may be written over', () => {
    const frame = Uint8Array.of(1, 2, 7, 8);
    const { a } = new Reader(frame).record({ a: 'value' }, 1);
    frame.fill(0);
    expect(a).toEqual(Uint8Array.of(7, 8));
  });

  it('a number in the middle of a larger memory is found', () => {
    const memory = Uint8Array.of(9, 9, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 9);
    const reader = new Reader(memory.subarray(2, 10));
    expect(reader.record({ a: 'number' }, 1)).toEqual({ a: 1.5 });
  });

  it('a mark at the beginning of a text is part of it', () => {
    expect(of('text', [3, 0xef, 0xbb, 0xbf]).values).toEqual({ a: '\ufeff' });
  });
});
