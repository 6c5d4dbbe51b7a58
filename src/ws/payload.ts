/**
 * What programs give to send, and what they want to get.
 * In: anything that ws takes. Out: a string or bytes; or the bytes of a message in the form of `binaryType`. Fails: throws what
 * `Buffer.from` throws.
 */
import { isUint8Array } from 'node:util/types';
import { mayTravel } from '../protocol/index.ts';

export type BinaryType = 'nodebuffer' | 'arraybuffer' | 'fragments' | 'blob';
const binaryTypes: readonly string[] = ['nodebuffer', 'arraybuffer', 'fragments', 'blob'];

export function isBinaryType(type: unknown): type is BinaryType {
  return typeof type === 'string' && binaryTypes.includes(type);
}

/** Also of another realm, or a File. */
export function isBlob(data: unknown): data is Blob {
  if (typeof data !== 'object' || data === null) {
    return false;
  }
  const { arrayBuffer, stream, type } = data as Partial<Blob>;
  const tag = (data as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return (
    (tag === 'Blob' || tag === 'File') &&
    typeof arrayBuffer === 'function' &&
    typeof stream === 'function' &&
    typeof type === 'string'
  );
}

/** Nothing, `null`, `false` and the empty string are the empty message. Bytes are not copied. */
export function toPayload(data: unknown): string | Uint8Array {
  if (typeof data === 'string' || isUint8Array(data)) {
    return data;
  }
  if (!data) {
    return noBytes;
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return data instanceof ArrayBuffer ? new Uint8Array(data) : Buffer.from(data as string);
}

export function byteLengthOf(data: unknown): number {
  if (isBlob(data)) {
    return data.size;
  }
  const payload = toPayload(data);
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
}

export function asBytes(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload;
}

/** A range that is good now only, in memory that the application may keep. */
export function ownBuffer(bytes: Uint8Array, start: number, end: number, owned: boolean): Buffer {
  if (owned) {
    return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset + start, end - start);
  }
  return Buffer.from(bytes.subarray(start, end));
}

export function toBinary(data: Buffer, type: BinaryType): unknown {
  switch (type) {
    case 'nodebuffer':
      return data;
    case 'fragments':
      // Pieces were put together as they came: what there is, is one.
      return data.length === 0 ? [] : [data];
    case 'blob':
      return new Blob([data]);
    case 'arraybuffer':
      return exactly(data);
  }
}

function exactly({ buffer, byteOffset, length }: Buffer): ArrayBufferLike {
  return buffer.byteLength === length ? buffer : buffer.slice(byteOffset, byteOffset + length);
}

/** What a Close frame says. @throws {TypeError} @throws {RangeError} As ws does. */
export function reasonOf(code: unknown, data: unknown): string {
  if (code !== undefined && (typeof code !== 'number' || !mayTravel(code))) {
    throw new TypeError('First argument must be a valid error code number');
  }
  if (code === undefined || data === undefined || !(data as { length?: number }).length) {
    return '';
  }
  if (typeof data !== 'string' && !isUint8Array(data)) {
    throw new TypeError('Second argument must be a string or a Uint8Array');
  }
  const reason = typeof data === 'string' ? data : Buffer.from(data).toString();
  if (Buffer.byteLength(reason) > 123) {
    throw new RangeError('The message must not be greater than 123 bytes');
  }
  return reason;
}

const noBytes: Uint8Array = Buffer.alloc(0);
