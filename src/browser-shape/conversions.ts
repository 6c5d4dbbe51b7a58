/**
 * How a page's values become what an interface asks for: the conversions of Web IDL that these classes need.
 * In: any value. Out: a string, a number, bytes. Fails: throws `TypeError`, and whatever the value itself throws when it is asked.
 */
import { toUSVString } from 'node:util';
import { isAnyArrayBuffer, isSharedArrayBuffer } from 'node:util/types';

const maxShort = 65_535;

/** What `send` and a writable take: text, or bytes that are still the caller's. */
export type Data = string | Uint8Array | Blob;

/** `DOMString` */
export function toText(value: unknown): string {
  // Unlike `String`, a template refuses symbols, as Web IDL does.
  return `${value as string}`;
}

/** `USVString`: a surrogate without its other half becomes U+FFFD. */
export function toScalarText(value: unknown): string {
  return toUSVString(toText(value));
}

/** `[Clamp] unsigned short`: to the nearest in range, and from the middle to the even one. */
export function toClampedShort(value: unknown): number {
  const number = toNumber(value);
  if (Number.isNaN(number)) {
    return 0;
  }
  const inRange = Math.min(Math.max(number, 0), maxShort);
  const below = Math.floor(inRange);
  const rest = inRange - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

/** `unsigned short`: what is beyond 16 bits is cut off. */
export function toWrappedShort(value: unknown): number {
  return toNumber(value) & maxShort;
}

/** A close code for streams, as Chromium reads it: whole, and neither clamped nor cut, so that the check of codes judges it. */
export function toWhole(value: unknown): number {
  return Math.trunc(toNumber(value)) || 0;
}

/** `(DOMString or sequence<DOMString>)`: whatever can be iterated is a sequence, save a plain string. */
export function toTexts(value: unknown): string[] {
  return isObject(value) && Symbol.iterator in value && value[Symbol.iterator] != null
    ? toTextSequence(value)
    : [toText(value)];
}

/** `sequence<DOMString>` */
export function toTextSequence(value: unknown): string[] {
  if (!isObject(value)) {
    throw new TypeError('a list of strings is needed');
  }
  return Array.from(value as unknown as Iterable<unknown>, toText);
}

/** A dictionary: an object whose members are read, or nothing. */
export function toDictionary(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) {
    return {};
  }
  if (!isObject(value)) {
    throw new TypeError('an object is needed');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** `(BufferSource or Blob or USVString)` */
export function toData(value: unknown): Data {
  return value instanceof Blob ? value : toMessage(value);
}

/** `(BufferSource or USVString)` */
export function toMessage(value: unknown): string | Uint8Array {
  if (ArrayBuffer.isView(value)) {
    return bytesOf(value.buffer, value.byteOffset, value.byteLength);
  }
  if (isAnyArrayBuffer(value) && !isSharedArrayBuffer(value)) {
    return bytesOf(value, 0, value.byteLength);
  }
  return toScalarText(value);
}

/** Memory that others can change or that can shrink is not allowed here; memory that was transferred away has no bytes. */
function bytesOf(memory: ArrayBufferLike, from: number, length: number): Uint8Array {
  if (isSharedArrayBuffer(memory) || (memory as { resizable?: boolean }).resizable === true) {
    throw new TypeError('the memory must be neither shared nor resizable');
  }
  return length === 0 ? new Uint8Array(0) : new Uint8Array(memory, from, length);
}

function toNumber(value: unknown): number {
  // Unlike `Number`, the plus refuses BigInts, as Web IDL does.
  return +(value as number);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
