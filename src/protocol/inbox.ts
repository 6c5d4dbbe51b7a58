/**
 * What a receiver is made with, and what it tells.
 */
import type { Fault } from './closing.ts';
import type { MessageMemory } from './message/memory.ts';
import type { TextPort } from './message/text.ts';

/** What a receiver tells. The bytes are valid during the call only, unless `owned`. */
export interface Inbox {
  data(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  /** Part of a message, after `tellPieces`; empty only where the message begins or ends. */
  piece(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void;
  /** A message that is still compressed. Told only to who said that it may be. */
  deflated(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  control(opcode: number, bytes: Uint8Array, start: number, end: number): void;
  fault(fault: Fault): void;
}

/** Which frames a peer may send. */
export interface FrameRules {
  /** True for a server's receiver (§5.1). */
  readonly expectsMask: boolean;
  /** Messages may be compressed (RFC 7692). */
  readonly mayCompress: boolean;
}

export interface ReceiverPorts {
  readonly text: TextPort;
  readonly memory: MessageMemory | undefined;
}
