/**
 * What a case is made of: what the peer does, what it must see, and how the connection must end.
 * Only shapes and their shorthands; run.ts plays them.
 */
import { asBytes, type Frame } from './frames.ts';
import type { Chop, Opening, Role } from './peer.ts';
import type { Event } from './reader.ts';

export type Step =
  | { readonly do: 'send'; readonly frames: readonly Frame[]; readonly chop: Chop }
  /** Bytes that are no whole frame; the script has masked them as the role demands. */
  | { readonly do: 'raw'; readonly bytes: Buffer }
  /** Waits until so many events are there, or the connection is over. */
  | { readonly do: 'await'; readonly events: number }
  /**
   * Gives the subject time to end the connection; when it does not, that is an event: `still open`.
   */
  | { readonly do: 'patience'; readonly ms: number }
  /** Compresses each message in its turn, cuts it into frames of `size` bytes at the most, and waits for its answer. */
  | {
      readonly do: 'compressed volley';
      readonly opcode: number;
      readonly messages: readonly Buffer[];
      readonly size: number;
    }
  /** Sends the frame again each time its answer has come. */
  | { readonly do: 'volley'; readonly frame: Frame; readonly times: number; readonly chop: Chop };

export interface Ending {
  /**
   * The peer sends Close 1000 once every event is there; otherwise a step has closed, or the
   * subject must.
   */
  readonly peerCloses: boolean;
  /** The codes with which the subject's Close frame is right; undefined: one without a body. */
  readonly codes: readonly (number | undefined)[];
  /**
   * TCP must end with a FIN, not with a reset (§7.1.1). A connection that is failed may also be cut
   * (§7.1.7).
   */
  readonly orderly: boolean;
}

export interface Script {
  readonly steps: readonly Step[];
  /** Exactly these, in this order. */
  readonly events: readonly Event[];
  /** Events that are not wrong but less than what is asked: NON-STRICT. */
  readonly tolerated?: readonly Event[];
  /** So many messages of the subject must come compressed, at least. @default 0 */
  readonly compressed?: number;
  readonly ending: Ending;
}

export interface Case {
  /** The number in the Autobahn list, or `T.` and one of our own. */
  readonly id: string;
  /** What must be true, as a sentence. */
  readonly title: string;
  /** Made when it is needed: some are large. */
  readonly script: (role: Role) => Script;
  readonly opening?: Opening;
  /** Cuts every send in this way instead of its own. */
  readonly chop?: Chop;
  /** The standard leaves the outcome open: only an orderly machine is asked for. */
  readonly informational?: boolean;
}

export interface Group {
  /** The first numbers of its cases, such as `1.1`. */
  readonly id: string;
  readonly name: string;
  readonly cases: readonly Case[];
}

export const closedByPeer: Ending = { peerCloses: true, codes: [1000], orderly: true };

/** The Close frame that a step has sent is answered with one of these codes. */
export function answered(...codes: (number | undefined)[]): Ending {
  return { peerCloses: false, codes, orderly: true };
}

/** The subject fails the connection (§7.1.7), saying why with one of these codes. */
export function failed(...codes: number[]): Ending {
  return { peerCloses: false, codes, orderly: false };
}

export function send(frames: readonly Frame[], chop: Chop = 'none'): Step {
  return { do: 'send', frames, chop };
}

export function raw(bytes: Buffer): Step {
  return { do: 'raw', bytes };
}

export function patience(ms: number): Step {
  return { do: 'patience', ms };
}

export function seenText(payload: string | Buffer): Event {
  return { kind: 'text', payload: asBytes(payload) };
}

export function seenBinary(payload: Buffer): Event {
  return { kind: 'binary', payload };
}

export function seenPong(payload: string | Buffer): Event {
  return { kind: 'pong', payload: asBytes(payload) };
}

export const stillOpen: Event = { kind: 'still open', payload: Buffer.alloc(0) };

/** Everything in one send, exactly these events back, then the peer closes. */
export function exchange(
  frames: readonly Frame[],
  events: readonly Event[],
  chop: Chop = 'none',
): Script {
  return { steps: [send(frames, chop)], events, ending: closedByPeer };
}

/** Everything in one send; the subject must fail the connection after exactly these events. */
export function refusal(
  frames: readonly Frame[],
  codes: readonly number[],
  { before = [], chop = 'none' }: { before?: readonly Event[]; chop?: Chop } = {},
): Script {
  const script = { steps: [send(frames, chop)], events: before, ending: failed(...codes) };
  // To fail without answering what came before is not forbidden, only hasty.
  return before.length === 0 ? script : { ...script, tolerated: [] };
}
