import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ownBytes, toBytes } from '../../src/endpoint/payload.ts';

const refusal = expect.objectContaining({ name: 'UsageError', code: 'PAYLOAD_INVALID' });

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

function viewOfDetached(): Uint8Array {
  const view = new Uint8Array([1, 2, 3]);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

describe('B5 what may be sent', () => {
  it.each([
    ['a Uint8Array', new Uint8Array([1, 2])],
    ['a Buffer', Buffer.from([1, 2])],
    ['a part of a buffer', new Uint8Array([0, 1, 2, 3]).subarray(1, 3)],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer],
    ['shared bytes', new Uint8Array(new SharedArrayBuffer(2)).fill(1).map((_, i) => i + 1)],
    ['a Uint8Array of another realm', runInNewContext('new Uint8Array([1, 2])')],
    ['an ArrayBuffer of another realm', runInNewContext('new Uint8Array([1, 2]).buffer')],
  ])('%s: its bytes exactly', (_what, message) => {
    expect([...toBytes(message)]).toEqual([1, 2]);
  });

  it.each([
    ['no bytes', new Uint8Array(0)],
    ['an empty buffer', new ArrayBuffer(0)],
  ])('%s', (_what, message) => {
    expect(toBytes(message).length).toBe(0);
  });

  it.each([
    ['a number', 1000],
    ['a bigint', 1n],
    ['nothing', undefined],
    ['null', null],
    ['true', true],
    ['an array', [1, 2]],
    ['an object', { length: 2 }],
    ['a String object', Object('text')],
    ['a Float32Array', new Float32Array(2)],
    ['a Uint16Array', new Uint16Array(2)],
    ['an Int8Array', new Int8Array(2)],
    ['a Uint8ClampedArray', new Uint8ClampedArray(2)],
    ['a DataView', new DataView(new ArrayBuffer(2))],
    ['a SharedArrayBuffer', new SharedArrayBuffer(2)],
    ['a detached ArrayBuffer', detached()],
    ['a view of a detached buffer', viewOfDetached()],
    ['a pretender', { __proto__: Uint8Array.prototype, length: 2 }],
  ])('%s is refused', (_what, message) => {
    expect(() => toBytes(message)).toThrow(refusal);
  });
});

describe('what an application may keep', () => {
  it('is a copy of what is ours', () => {
    const slab = new Uint8Array([1, 2, 3, 4]);
    const own = ownBytes(slab, 1, 3, false);
    slab.fill(9);
    expect([...own]).toEqual([2, 3]);
    expect(own.buffer).not.toBe(slab.buffer);
  });

  it.each([0, 1, 64, 65, 1000])('is exactly what it asked for, of %i bytes', (length) => {
    const ours = Buffer.from(Array.from({ length: length + 10 }, (_, i) => (i * 7) & 0xff));
    const copy = ownBytes(ours, 3, 3 + length, false);
    expect(copy).toEqual(Buffer.from(ours.subarray(3, 3 + length)));
    ours.fill(0xee);
    expect(copy.includes(Buffer.from([0xee, 0xee]))).toBe(false);
  });

  it("is what is nobody's, without a copy", () => {
    const bytes = new Uint8Array([1, 2, 3, 4]);
    const own = ownBytes(bytes, 0, 4, true);
    expect(Buffer.isBuffer(own)).toBe(true);
    expect(own.buffer).toBe(bytes.buffer);
  });
});
