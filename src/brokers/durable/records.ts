/**
 * What stands in the store, byte by byte: a checksum of the key and of what follows, then JSON; bytes that a publication carries stand behind
 * it. What does not check is never given to anybody.
 * In: records and entries. Out: the same, or `bad`. Fails: with the TypeError of JSON for data that it cannot say.
 */
import { concat, copyOf } from '../../ground/bytes.ts';
import type { NewPublication } from '../../ports/index.ts';
import type { Link, Publication } from '../../wire/index.ts';
import { crc32c } from './crc32c.ts';

/** What was found at a key. */
export type Found<Value> =
  | { readonly is: 'good'; readonly value: Value }
  | { readonly is: 'none' }
  | { readonly is: 'bad' };

export const none: Found<never> = { is: 'none' };
export const bad: Found<never> = { is: 'bad' };

/** An entry, with when the engine stored it, by the engine's clock. */
export interface Entry {
  readonly publication: Publication;
  readonly storedMs: number;
}

/** A publication whose data can no longer be changed by whoever gave it. */
export interface Draft {
  readonly rest: Omit<NewPublication, 'data'>;
  readonly data: string | Uint8Array;
  /** How much it holds, roughly. */
  readonly bytes: number;
}

const checksumBytes = 4;
const lengthBytes = 4;
/** The first byte of an entry with bytes: no JSON begins with it. */
const bytesMark = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function draftOf(publication: NewPublication): Draft {
  const { data: given, ...rest } = publication;
  const data = given instanceof Uint8Array ? copyOf(given) : toJson(given);
  return { rest, data, bytes: data.length + draftChargeBytes };
}

const draftChargeBytes = 200;

/** A new object each time. */
export function publicationOf({ rest, data }: Draft, offset: number, prev: Link): Publication {
  const value: unknown = typeof data === 'string' ? JSON.parse(data) : copyOf(data);
  return { ...rest, data: value, offset, prev };
}

export function sealEntry(key: string, entry: Entry): Uint8Array {
  const { data, ...rest } = entry.publication;
  const head = { ...rest, storedMs: entry.storedMs };
  if (!(data instanceof Uint8Array)) {
    return seal(key, [encoder.encode(JSON.stringify({ ...head, data }))]);
  }
  const json = encoder.encode(JSON.stringify(head));
  const mark = new Uint8Array(1 + lengthBytes);
  mark[0] = bytesMark;
  new DataView(mark.buffer).setUint32(1, json.length);
  return seal(key, [mark, json, data]);
}

export function openEntry(key: string, sealed: Uint8Array | undefined): Found<Entry> {
  const body = unseal(key, sealed);
  if (!(body instanceof Uint8Array)) {
    return body;
  }
  if (body[0] !== bytesMark) {
    const { storedMs, ...publication } = JSON.parse(decoder.decode(body));
    return { is: 'good', value: { publication, storedMs } };
  }
  const from = 1 + lengthBytes;
  const to = from + new DataView(body.buffer, body.byteOffset).getUint32(1);
  const { storedMs, ...rest } = JSON.parse(decoder.decode(body.subarray(from, to)));
  const publication = { ...rest, data: copyOf(body, to) };
  return { is: 'good', value: { publication, storedMs } };
}

export function sealRecord(key: string, record: object): Uint8Array {
  return seal(key, [encoder.encode(JSON.stringify(record))]);
}

/** That it is a `Value` is what its key says, and that the checksum holds. */
export function openRecord<Value>(key: string, sealed: Uint8Array | undefined): Found<Value> {
  const body = unseal(key, sealed);
  return body instanceof Uint8Array
    ? { is: 'good', value: JSON.parse(decoder.decode(body)) as Value }
    : body;
}

/** With the key in the checksum, a value that came to stand in another place is seen too. */
function seal(key: string, parts: readonly Uint8Array[]): Uint8Array {
  const sealed = concat([new Uint8Array(checksumBytes), ...parts]);
  new DataView(sealed.buffer).setUint32(0, checksum(key, sealed.subarray(checksumBytes)));
  return sealed;
}

function unseal(key: string, sealed: Uint8Array | undefined): Uint8Array | Found<never> {
  if (sealed === undefined) {
    return none;
  }
  if (sealed.length <= checksumBytes) {
    return bad;
  }
  const written = new DataView(sealed.buffer, sealed.byteOffset).getUint32(0);
  const body = sealed.subarray(checksumBytes);
  return written === checksum(key, body) ? body : bad;
}

function checksum(key: string, body: Uint8Array): number {
  return crc32c(body, crc32c(encoder.encode(key)));
}

function toJson(data: unknown): string {
  const json = JSON.stringify(data) as string | undefined;
  if (json === undefined) {
    throw new TypeError('the data of a publication must be a JSON value, or bytes');
  }
  return json;
}
