import { describe, expect, it } from 'vitest';
import { faults } from '../../../src/protocol/faults.ts';
import { Passage } from '../../../src/protocol/message/passage.ts';
import { pureText } from '../../../src/protocol/message/text.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function passage(text: boolean, maxBytes = Number.POSITIVE_INFINITY): Passage {
  const made = new Passage(pureText);
  made.limit(maxBytes);
  made.begin(text);
  return made;
}

describe('a message that is told in pieces', () => {
  it('may have as many bytes as its limit, and not one more', () => {
    expect(passage(false, 10).expect(10)).toBeUndefined();
    expect(passage(false, 10).expect(11)).toBe(faults.MESSAGE_TOO_BIG);
    const inFrames = passage(false, 10);
    expect([inFrames.expect(6), inFrames.expect(4), inFrames.expect(1)]).toEqual([
      undefined,
      undefined,
      faults.MESSAGE_TOO_BIG,
    ]);
  });

  it('B1: never more than numbers are exact for, also without a limit', () => {
    expect(passage(false).expect(2 ** 53 - 1)).toBeUndefined();
    expect(passage(false).expect(2 ** 53)).toBe(faults.MESSAGE_TOO_BIG);
  });

  it('counts from the beginning again with the next message', () => {
    const next = passage(false, 10);
    next.expect(10);
    next.begin(false);
    expect(next.expect(10)).toBeUndefined();
  });

  it('begins with its first frame, and goes on with the others', () => {
    const made = new Passage(pureText);
    made.limit(10);
    expect(made.beginFrame(true, 6)).toBeUndefined();
    expect([made.isOpen, made.isFirst, made.text]).toEqual([true, true, true]);
    made.isFirst = false;
    expect(made.beginFrame(false, 5)).toBe(faults.MESSAGE_TOO_BIG);
    expect([made.isFirst, made.text]).toEqual([false, true]);
  });

  it('of text: a character may be cut, and must be whole at the end', () => {
    const euro = bytesOf('€');
    const whole = passage(true);
    expect(whole.pass(euro, 0, 1, false)).toBeUndefined();
    expect(whole.pass(euro, 1, 3, true)).toBeUndefined();
    expect(whole.isOpen).toBe(false);
    expect(passage(true).pass(euro, 0, 2, true)).toBe(faults.INVALID_UTF8);
  });

  it('of text: the first byte that cannot be UTF-8 ends it; of bytes: anything goes', () => {
    const wrong = Uint8Array.of(0x61, 0xff);
    expect(passage(true).pass(wrong, 0, 2, false)).toBe(faults.INVALID_UTF8);
    expect(passage(false).pass(wrong, 0, 2, true)).toBeUndefined();
  });
});
