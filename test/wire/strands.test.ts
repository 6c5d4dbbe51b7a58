import { describe, expect, it } from 'vitest';
import {
  closeFrame,
  maxStrand,
  messageFrame,
  openFrame,
  readStrandFrame,
} from '../../src/wire/strands.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('frames of strands', () => {
  it('a strand is opened by its number and the subprotocols that are offered', () => {
    expect(openFrame(12, ['tautline.v1.json', 'b'])).toBe('o12 tautline.v1.json b');
    expect(readStrandFrame('o12 tautline.v1.json b')).toEqual({
      type: 'open',
      strand: 12,
      subprotocols: ['tautline.v1.json', 'b'],
    });
  });

  it.each(['{"a":1}', '', ' x', 'm1 m1 ', 'ä€😀\n\u0000'])(
    'carry the text %j unchanged',
    (text) => {
      expect(messageFrame(7, text)).toBe(`m7 ${text}`);
      expect(readStrandFrame(messageFrame(7, text))).toEqual({
        type: 'message',
        strand: 7,
        payload: text,
      });
    },
  );

  it('carry bytes unchanged, behind four of their own', () => {
    expect(messageFrame(258, bytes(9, 8))).toEqual(bytes(0, 0, 1, 2, 9, 8));
    expect(readStrandFrame(bytes(0, 0, 1, 2, 9, 8))).toEqual({
      type: 'message',
      strand: 258,
      payload: bytes(9, 8),
    });
    // A part of something larger, as sockets give it.
    const within = bytes(1, 1, 1, 0, 0, 1, 2, 9).subarray(3);
    expect(readStrandFrame(within)).toMatchObject({ strand: 258, payload: bytes(9) });
    expect(readStrandFrame(bytes(0, 0, 0, 1))).toMatchObject({ payload: bytes() });
  });

  it('a strand is closed with a code and a reason, which may be empty', () => {
    expect(readStrandFrame(closeFrame(3, { code: 4001, reason: 'too slow, sorry' }))).toEqual({
      type: 'close',
      strand: 3,
      code: 4001,
      reason: 'too slow, sorry',
    });
    expect(readStrandFrame('c3 1000 ')).toMatchObject({ code: 1000, reason: '' });
  });

  it('the last number is 999,999,999, in text and in bytes', () => {
    expect(maxStrand).toBe(999_999_999);
    expect(readStrandFrame('m999999999 a')).toMatchObject({ strand: maxStrand });
    expect(readStrandFrame('m1000000000 a')).toHaveProperty('problem');
    expect(readStrandFrame(messageFrame(maxStrand, bytes(1)))).toMatchObject({ strand: maxStrand });
    expect(readStrandFrame(messageFrame(maxStrand + 1, bytes(1)))).toHaveProperty('problem');
  });

  it('a reason has at most 123 characters: more are cut by who says it, and refused by who hears it', () => {
    const reason = 'x'.repeat(123);
    expect(closeFrame(1, { code: 1000, reason: `${reason}y` })).toBe(`c1 1000 ${reason}`);
    expect(readStrandFrame(`c1 1000 ${reason}`)).toHaveProperty('reason', reason);
    expect(readStrandFrame(`c1 1000 ${reason}y`)).toHaveProperty('problem');
  });

  it('at most eight subprotocols are offered, each of 64 characters', () => {
    const name = 'x'.repeat(64);
    expect(readStrandFrame(openFrame(1, Array(8).fill(name)))).toHaveProperty('subprotocols');
    expect(readStrandFrame(openFrame(1, Array(9).fill('x')))).toHaveProperty('problem');
    expect(readStrandFrame(openFrame(1, [`${name}x`]))).toHaveProperty('problem');
  });

  it.each([
    '',
    'm',
    'm1',
    'm 1 a',
    'm0 a',
    'm01 a',
    'm-1 a',
    'm1.5 a',
    'x1 a',
    'M1 a',
    '{"type":"hello"}',
    'o1 ',
    'o1 a  b',
    'o1 a\n',
    'c1',
    'c1 ',
    'c1 1000',
    'c1 999 x',
    'c1 5000 x',
    'c1 10000 x',
    'c1 1e3 x',
  ])('%j is none, and the problem fits into a close frame', (text) => {
    const read = readStrandFrame(text);
    expect(read).toEqual({ problem: expect.stringMatching(/^.{5,100}$/) });
  });

  it.each([[[]], [[1]], [[0, 0, 1]], [[0, 0, 0, 0]], [[255, 255, 255, 255, 1]]])(
    'the bytes %j are none',
    (values) => {
      expect(readStrandFrame(bytes(...values))).toEqual({
        problem: expect.stringMatching(/^.{5,100}$/),
      });
    },
  );
});
