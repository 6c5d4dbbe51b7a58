/**
 * Masking: the one change every client byte goes through (RFC 6455 §5.3).
 * In: bytes and a key. Out: the same bytes, changed in place; applying it twice undoes it. Cannot fail.
 * A key is a number whose lowest byte is for the first byte, so that any stretch of a payload is masked with a rotated key.
 */
import { loadMaskKernel, type MaskKernel } from './kernels.ts';

/** Below this many bytes a plain loop wins: `npm run bench -- kernels` shows where the lines cross. */
const wordsFrom = 48;
const kernelFrom = 256;

let kernel: MaskKernel | undefined;
let kernelSought = false;

/** XORs `bytes` from `start` up to, not including, `end`. */
export function mask(bytes: Uint8Array, start: number, end: number, key: number): void {
  const length = end - start;
  if (length < wordsFrom) {
    maskBytes(bytes, start, end, key);
  } else if (length >= kernelFrom && hasKernel()) {
    kernel!.mask(bytes, start, end, key);
  } else {
    maskWords(bytes, start, end, key);
  }
}

/**
 * Memory of 64 KiB, one for all, in which masking needs no copies: for a read buffer. Elsewhere it is as good as any, and where
 * WebAssembly is refused it is any.
 */
export function openMemory(): Uint8Array {
  return hasKernel() ? kernel!.open : new Uint8Array(65_536);
}

/** The key for a stretch that begins `offset` bytes into the payload. */
export function rotateKey(key: number, offset: number): number {
  const bits = (offset & 3) * 8;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** One byte at a time: right everywhere, best for what is short. */
export function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): void {
  const key0 = key & 0xff;
  const key1 = (key >>> 8) & 0xff;
  const key2 = (key >>> 16) & 0xff;
  const key3 = key >>> 24;
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    bytes[at]! ^= key0;
    bytes[at + 1]! ^= key1;
    bytes[at + 2]! ^= key2;
    bytes[at + 3]! ^= key3;
  }
  if (at < end) bytes[at]! ^= key0;
  if (at + 1 < end) bytes[at + 1]! ^= key1;
  if (at + 2 < end) bytes[at + 2]! ^= key2;
}

const littleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Four bytes at a time, for where there is no kernel. */
export function maskWords(bytes: Uint8Array, start: number, end: number, key: number): void {
  if (!littleEndian || end - start < 8) {
    maskBytes(bytes, start, end, key);
    return;
  }
  const before = -(bytes.byteOffset + start) & 3;
  const from = start + before;
  maskBytes(bytes, start, from, key);
  const turned = rotateKey(key, before);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, (end - from) >> 2);
  for (let i = 0; i < words.length; i += 1) {
    words[i]! ^= turned;
  }
  maskBytes(bytes, from + words.length * 4, end, turned);
}

function hasKernel(): boolean {
  if (!kernelSought) {
    kernelSought = true;
    kernel = loadMaskKernel();
  }
  return kernel !== undefined;
}
