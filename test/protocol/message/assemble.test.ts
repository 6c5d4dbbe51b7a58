import { describe, expect, it } from 'vitest';
import { faults } from '../../../src/protocol/faults.ts';
import { Assembler } from '../../../src/protocol/message/assemble.ts';
import { pureText } from '../../../src/protocol/message/text.ts';
import { connectionDefaults, type LimitOptions } from '../../../src/protocol/options.ts';
import { bytes } from '../support.ts';

function assembling(limits: LimitOptions = {}, text = false): Assembler {
  const assembler = new Assembler({ ...connectionDefaults, ...limits }, pureText);
  assembler.begin(text);
  return assembler;
}

/** Announces and takes whole frames. Gives the first fault. */
function take(assembler: Assembler, ...frames: readonly Uint8Array[]) {
  for (const frame of frames) {
    const fault = assembler.expect(frame.length) ?? assembler.push(frame, 0, frame.length, 0);
    if (fault !== undefined) {
      return fault;
    }
  }
  return assembler.finish();
}

function content(assembler: Assembler): Uint8Array {
  return assembler.bytes.slice(0, assembler.length);
}

describe('§5.4 a message in pieces', () => {
  it('is put together in order, and handed over with memory of its own', () => {
    const assembler = assembling();
    const chunk = bytes(1000);
    for (let at = 0; at < 1000; at += 100) {
      expect(assembler.expect(100)).toBe(undefined);
      expect(assembler.push(chunk, at, at + 40, 60)).toBe(undefined);
      expect(assembler.push(chunk, at + 40, at + 100, 0)).toBe(undefined);
    }
    const whole = bytes(1000);
    chunk.fill(0xff);
    expect(content(assembler)).toEqual(whole);
    const first = assembler.bytes;
    assembler.release();
    expect([assembler.isOpen, assembler.length]).toEqual([false, 0]);
    assembler.begin(false);
    expect(take(assembler, bytes(50, 9))).toBe(undefined);
    expect(assembler.bytes).not.toBe(first);
    expect(first.slice(0, 1000)).toEqual(whole);
  });

  it('B1: sets aside nothing for a length that is only announced, and 64 KiB with its first byte', () => {
    const assembler = assembling();
    expect(assembler.expect(16 * 1024 * 1024)).toBe(undefined);
    expect(assembler.bytes.length).toBe(0);
    expect(assembler.push(bytes(10), 0, 10, 16 * 1024 * 1024 - 10)).toBe(undefined);
    expect(assembler.bytes.length).toBe(65_536);
  });

  it('takes exactly its length in memory when it comes in one frame', () => {
    const assembler = assembling();
    take(assembler, bytes(200_000));
    expect(assembler.bytes.length).toBe(200_000);
  });

  it('B2, B3: one byte a time, memory is at most double of what came, in few steps', () => {
    const assembler = assembling();
    let sizes = 0;
    let last = 0;
    for (let i = 1; i <= 20_000; i += 1) {
      take(assembler, Uint8Array.of(i & 0xff));
      expect(assembler.bytes.length).toBeLessThanOrEqual(Math.max(256, 2 * i));
      sizes += assembler.bytes.length === last ? 0 : 1;
      last = assembler.bytes.length;
    }
    // What the first frame announced, then 256, then doubled until 32,768.
    expect(sizes).toBe(9);
    expect(content(assembler)).toEqual(
      Uint8Array.from({ length: 20_000 }, (_, i) => (i + 1) & 255),
    );
  });
});

describe('§10.4 limits of a message', () => {
  it('its payload may reach the limit, in any number of frames, and not exceed it', () => {
    for (const count of [1, 2, 3, 10]) {
      const frames = Array.from({ length: count }, () => bytes(300 / count));
      const limits = { maxMessageBytes: 300, fragmentChargeBytes: 20 };
      expect(take(assembling(limits), ...frames)).toBe(undefined);
      expect(take(assembling(limits), ...frames, bytes(1))).toBe(faults.MESSAGE_TOO_BIG);
    }
  });

  it('is refused when the frame is announced, not when it has come', () => {
    const assembler = assembling({ maxMessageBytes: 300 });
    expect(assembler.expect(200)).toBe(undefined);
    expect(assembler.expect(101)).toBe(faults.MESSAGE_TOO_BIG);
  });

  it('B2: frames are counted, empty ones too, and charged from the second on', () => {
    const empty = new Uint8Array(0);
    const frames = (count: number): Uint8Array[] => Array.from({ length: count }, () => empty);
    const counted = { maxFragments: 5, fragmentChargeBytes: 0 };
    expect(take(assembling(counted), ...frames(5))).toBe(undefined);
    expect(take(assembling(counted), ...frames(6))).toBe(faults.TOO_MANY_FRAGMENTS);
    const charged = { maxMessageBytes: 100, fragmentChargeBytes: 25 };
    expect(take(assembling(charged), ...frames(5))).toBe(undefined);
    expect(take(assembling(charged), ...frames(6))).toBe(faults.TOO_MANY_FRAGMENTS);
  });
});

describe('§8.1 text in pieces', () => {
  it('is refused at the byte that cannot be, before its frame has ended', () => {
    const assembler = assembling({}, true);
    expect(assembler.expect(100)).toBe(undefined);
    expect(assembler.push(Buffer.from('κόσμε'), 0, 10, 90)).toBe(undefined);
    expect(assembler.push(Uint8Array.of(0xed), 0, 1, 89)).toBe(undefined);
    expect(assembler.push(Uint8Array.of(0xa0), 0, 1, 88)).toBe(faults.INVALID_UTF8);
  });

  it('may split a character between frames, but not end inside of one', () => {
    const euro = Buffer.from('€');
    expect(take(assembling({}, true), euro.subarray(0, 1), euro.subarray(1))).toBe(undefined);
    expect(take(assembling({}, true), euro.subarray(0, 2))).toBe(faults.INVALID_UTF8);
    expect(take(assembling({}, false), euro.subarray(0, 2))).toBe(undefined);
  });

  it('begins anew with the next message', () => {
    const assembler = assembling({}, true);
    assembler.push(Uint8Array.of(0xe2), 0, 1, 0);
    assembler.begin(true);
    expect(take(assembler, Buffer.from('a'))).toBe(undefined);
  });
});

describe('§5.4 a large message', () => {
  /** Takes one frame as stretches of these lengths, each at the end of a chunk of its own, behind `before` other bytes. */
  function takeFrame(
    assembler: Assembler,
    lengths: readonly number[],
    isGiven: boolean,
    before = 8,
  ) {
    let ahead = lengths.reduce((sum, length) => sum + length, 0);
    const whole = bytes(ahead);
    expect(assembler.expect(ahead)).toBe(undefined);
    let at = 0;
    for (const length of lengths) {
      ahead -= length;
      const chunk = new Uint8Array(before + length);
      chunk.set(whole.subarray(at, at + length), before);
      expect(assembler.push(chunk, before, before + length, ahead, isGiven)).toBe(undefined);
      at += length;
    }
    return whole;
  }

  for (const isGiven of [false, true]) {
    it(`is the same however it was cut, of chunks that ${isGiven ? 'are given' : 'are not'}`, () => {
      for (const lengths of [
        [65_536],
        [65_537],
        [1, 65_536, 1],
        [4095, 4096, 4097],
        [200_000, 3, 70_000],
      ]) {
        const assembler = assembling();
        const whole = takeFrame(assembler, lengths, isGiven);
        expect(assembler.finish()).toBe(undefined);
        expect(assembler.length).toBe(whole.length);
        expect(Buffer.compare(content(assembler), whole)).toBe(0);
        // Of more than one part it is memory of its own, and no more.
        expect(assembler.bytes.length).toBe(whole.length);
      }
    });
  }

  it('keeps a chunk that is given, if most of it is payload, and copies any other', () => {
    const kept = assembling();
    takeFrame(kept, [5000], true);
    kept.finish();
    expect(kept.bytes.buffer.byteLength).toBe(5008);
    const copied = assembling();
    takeFrame(copied, [5000], true, 5001);
    copied.finish();
    expect(copied.bytes.buffer.byteLength).toBe(5000);
    const lent = assembling();
    takeFrame(lent, [5000], false);
    lent.finish();
    expect(lent.bytes.buffer.byteLength).toBe(5000);
  });

  it('B3: holds at most twice its payload and 64 KiB, also where large stretches and small ones take turns', () => {
    const assembler = assembling();
    let length = 0;
    for (let i = 0; i < 200; i += 1) {
      const size = i % 2 === 0 ? 40 : 4096;
      const chunk = new Uint8Array(size);
      assembler.expect(65_000);
      assembler.push(chunk, 0, size, 65_000 - size, true);
      length += size;
    }
    const now = [...assembler.parts, assembler.bytes].reduce(
      (sum, { buffer }) => sum + buffer.byteLength,
      0,
    );
    expect(now).toBeGreaterThanOrEqual(length);
    expect(now).toBeLessThanOrEqual(2 * length + 65_536);
  });
});
