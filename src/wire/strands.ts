/**
 * Many clients on one road: each has a strand of it, and this is how frames of the strands are told apart. What travels in a strand is none
 * of its business. In docs/3-reference/strands.md for people.
 * In: frames of the road. Out: which strand opens, says something or closes; and back. Fails: what is no such frame gives a `problem`.
 */
import { reasonLength } from './limits.ts';

/** The WebSocket subprotocol of a road that is made of strands. */
export const tabsSubprotocol = 'tautline.tabs.v1';
/** Numbers of strands have at most nine digits. */
export const maxStrand = 999_999_999;

/** One frame of a road that is made of strands. */
export type StrandFrame =
  | { readonly type: 'open'; readonly strand: number; readonly subprotocols: readonly string[] }
  | { readonly type: 'message'; readonly strand: number; readonly payload: string | Uint8Array }
  | {
      readonly type: 'close';
      readonly strand: number;
      readonly code: number;
      readonly reason: string;
    };

/** Before the bytes of a strand: its number, the highest byte first. */
const headBytes = 4;

/** Begins a strand, in which one of these subprotocols is spoken. */
export function openFrame(strand: number, subprotocols: readonly string[]): string {
  return `o${strand} ${subprotocols.join(' ')}`;
}

/** Ends a strand, either way. The reason is cut to what a close frame holds. */
export function closeFrame(
  strand: number,
  { code, reason }: { readonly code: number; readonly reason: string },
): string {
  return `c${strand} ${code} ${reason.slice(0, reasonLength)}`;
}

/** Text stays text, and bytes stay bytes. */
export function messageFrame(strand: number, payload: string | Uint8Array): string | Uint8Array {
  if (typeof payload === 'string') {
    return `m${strand} ${payload}`;
  }
  const frame = new Uint8Array(headBytes + payload.length);
  new DataView(frame.buffer).setUint32(0, strand);
  frame.set(payload, headBytes);
  return frame;
}

/** A problem is at most 100 characters of ours. Bytes that it gives are a part of those that it was given. */
export function readStrandFrame(
  frame: string | Uint8Array,
): StrandFrame | { readonly problem: string } {
  if (typeof frame !== 'string') {
    return fromBytes(frame);
  }
  const head = /^([omc])([1-9]\d{0,8}) /.exec(frame);
  if (head === null) {
    return { problem: 'a frame begins with o, m or c, the number of a strand, and a space' };
  }
  const [{ length }, kind, digits] = head as unknown as [string, string, string];
  const strand = Number(digits);
  const rest = frame.slice(length);
  if (kind === 'm') {
    return { type: 'message', strand, payload: rest };
  }
  return kind === 'o' ? opening(strand, rest) : closing(strand, rest);
}

function opening(strand: number, rest: string): StrandFrame | { readonly problem: string } {
  return /^[\w.~-]{1,64}(?: [\w.~-]{1,64}){0,7}$/.test(rest)
    ? { type: 'open', strand, subprotocols: rest.split(' ') }
    : { problem: 'a strand is opened with one to eight names of subprotocols' };
}

function closing(strand: number, rest: string): StrandFrame | { readonly problem: string } {
  const code = Number(/^[1-4]\d{3} /.exec(rest)?.[0] ?? 0);
  const reason = rest.slice(5);
  return code > 0 && reason.length <= reasonLength
    ? { type: 'close', strand, code, reason }
    : { problem: `a strand is closed with a code and at most ${reasonLength} characters` };
}

function fromBytes(frame: Uint8Array): StrandFrame | { readonly problem: string } {
  if (frame.length < headBytes) {
    return { problem: 'bytes begin with the number of a strand, in four bytes' };
  }
  const strand = new DataView(frame.buffer, frame.byteOffset).getUint32(0);
  return strand > 0 && strand <= maxStrand
    ? { type: 'message', strand, payload: frame.subarray(headBytes) }
    : { problem: `the number of a strand is from 1 to ${maxStrand}` };
}
