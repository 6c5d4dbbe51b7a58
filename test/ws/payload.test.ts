import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  asBytes,
  byteLengthOf,
  isBinaryType,
  isBlob,
  ownBuffer,
  toBinary,
  toPayload,
} from '../../src/ws/payload.ts';

describe('what programs send', () => {
  it('is bytes without a copy', () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    expect(toPayload(bytes)).toBe(bytes);
    const view = toPayload(new DataView(bytes.buffer, 1, 2)) as Uint8Array;
    expect([view.buffer === bytes.buffer, ...view]).toEqual([true, 2, 3]);
    expect((toPayload(bytes.buffer) as Uint8Array).buffer).toBe(bytes.buffer);
  });

  it.each([undefined, null, false, ''])('%s is the empty message', (nothing) => {
    expect(asBytes(toPayload(nothing))).toHaveLength(0);
  });

  it('is whatever Buffer.from understands, and what it does not throws', () => {
    expect([...asBytes(toPayload([1, 2]))]).toEqual([1, 2]);
    expect([...asBytes(toPayload({ valueOf: () => 'a' }))]).toEqual([97]);
    expect(() => toPayload({})).toThrow(TypeError);
    expect(() => toPayload(true)).toThrow(TypeError);
  });

  it('has a length in bytes', () => {
    expect([byteLengthOf('€'), byteLengthOf(new Blob(['ab'])), byteLengthOf([1])]).toEqual([
      3, 2, 1,
    ]);
  });

  it('knows a Blob and a File by what they can do', () => {
    expect(isBlob(new Blob([]))).toBe(true);
    expect(isBlob(new File([], 'name'))).toBe(true);
    expect(isBlob({ [Symbol.toStringTag]: 'Blob' })).toBe(false);
    expect(isBlob(null)).toBe(false);
    expect(isBlob(runInNewContext('new ArrayBuffer(1)'))).toBe(false);
  });
});

describe('what programs get', () => {
  it('is a copy, unless the bytes are nobody else’s', () => {
    const bytes = Buffer.from('abcd');
    const copy = ownBuffer(bytes, 1, 3, false);
    const own = ownBuffer(bytes, 1, 3, true);
    bytes.fill('x');
    expect([String(copy), String(own)]).toEqual(['bc', 'xx']);
  });

  it('has the form that was chosen', async () => {
    const data = Buffer.from('abc');
    expect(toBinary(data, 'nodebuffer')).toBe(data);
    expect(toBinary(data, 'fragments')).toEqual([data]);
    expect(toBinary(Buffer.alloc(0), 'fragments')).toEqual([]);
    expect(await (toBinary(data, 'blob') as Blob).text()).toBe('abc');
    const exact = toBinary(data, 'arraybuffer') as ArrayBuffer;
    expect([exact instanceof ArrayBuffer, exact.byteLength]).toEqual([true, 3]);
  });

  it('has no form of another name', () => {
    expect(['blob', 'text', 1, undefined].map(isBinaryType)).toEqual([true, false, false, false]);
  });
});
