/**
 * What a peer can do wrong once a connection is open, and the close code that answers it (RFC 6455 §7.4.1).
 * Hostile input is ordinary input: a fault is told to the sink, never thrown. Each name has a paragraph in the docs.
 */
import type { Fault } from './closing.ts';

function fault(name: string, closeCode: number, section: string, message: string): Fault {
  return Object.freeze({ name, closeCode, section, message });
}

/** @codes What a peer can do wrong once a connection is open. */
export type FaultName =
  | 'RESERVED_BITS'
  | 'RESERVED_OPCODE'
  | 'MASK_MISSING'
  | 'MASK_UNEXPECTED'
  | 'LENGTH_NOT_MINIMAL'
  | 'LENGTH_OVERFLOW'
  | 'CONTROL_FRAGMENTED'
  | 'CONTROL_TOO_LONG'
  | 'CONTINUATION_UNEXPECTED'
  | 'CONTINUATION_EXPECTED'
  | 'FRAME_TOO_BIG'
  | 'MESSAGE_TOO_BIG'
  | 'TOO_MANY_FRAGMENTS'
  | 'INVALID_UTF8'
  | 'DEFLATE_INVALID'
  | 'RATIO_TOO_HIGH'
  | 'INFLATE_FAILED'
  | 'CLOSE_TOO_SHORT'
  | 'CLOSE_CODE_INVALID'
  | 'CLOSE_REASON_INVALID'
  | 'MESSAGE_TOO_SLOW'
  | 'PONG_MISSING'
  | 'IDLE_TOO_LONG'
  | 'CLOSE_UNANSWERED'
  | 'READS_TOO_SLOWLY';

const rows: Record<FaultName, Fault> = {
  RESERVED_BITS: fault(
    'RESERVED_BITS',
    1002,
    '§5.2',
    'a reserved bit is set and no extension gives it a meaning',
  ),
  RESERVED_OPCODE: fault('RESERVED_OPCODE', 1002, '§5.2', 'the opcode is reserved'),
  MASK_MISSING: fault('MASK_MISSING', 1002, '§5.1', 'a client must mask its frames'),
  MASK_UNEXPECTED: fault('MASK_UNEXPECTED', 1002, '§5.1', 'a server must not mask its frames'),
  LENGTH_NOT_MINIMAL: fault(
    'LENGTH_NOT_MINIMAL',
    1002,
    '§5.2',
    'the length is not in its shortest form',
  ),
  LENGTH_OVERFLOW: fault(
    'LENGTH_OVERFLOW',
    1002,
    '§5.2',
    'the highest bit of a 64-bit length must be 0',
  ),
  CONTROL_FRAGMENTED: fault(
    'CONTROL_FRAGMENTED',
    1002,
    '§5.5',
    'a control frame must not be fragmented',
  ),
  CONTROL_TOO_LONG: fault(
    'CONTROL_TOO_LONG',
    1002,
    '§5.5',
    'a control frame may carry 125 bytes at most',
  ),
  CONTINUATION_UNEXPECTED: fault(
    'CONTINUATION_UNEXPECTED',
    1002,
    '§5.4',
    'there is no message to continue',
  ),
  CONTINUATION_EXPECTED: fault(
    'CONTINUATION_EXPECTED',
    1002,
    '§5.4',
    'a new message began before the last one ended',
  ),
  FRAME_TOO_BIG: fault('FRAME_TOO_BIG', 1009, '§10.4', 'a frame is larger than the limit'),
  MESSAGE_TOO_BIG: fault('MESSAGE_TOO_BIG', 1009, '§10.4', 'a message is larger than the limit'),
  TOO_MANY_FRAGMENTS: fault(
    'TOO_MANY_FRAGMENTS',
    1008,
    '§10.4',
    'a message has more fragments than the limit',
  ),
  INVALID_UTF8: fault('INVALID_UTF8', 1007, '§8.1', 'a text message is not valid UTF-8'),
  DEFLATE_INVALID: fault(
    'DEFLATE_INVALID',
    1007,
    'RFC 7692 §7.2.2',
    'a compressed message cannot be inflated',
  ),
  RATIO_TOO_HIGH: fault(
    'RATIO_TOO_HIGH',
    1009,
    '§10.4',
    'a compressed message grows more than the limit',
  ),
  INFLATE_FAILED: fault(
    'INFLATE_FAILED',
    1011,
    '§7.4.1',
    'a compressed message could not be inflated here',
  ),
  CLOSE_TOO_SHORT: fault(
    'CLOSE_TOO_SHORT',
    1002,
    '§5.5.1',
    'a close body has a code of two bytes, or nothing',
  ),
  CLOSE_CODE_INVALID: fault('CLOSE_CODE_INVALID', 1002, '§7.4', 'the close code must not be sent'),
  CLOSE_REASON_INVALID: fault(
    'CLOSE_REASON_INVALID',
    1007,
    '§5.5.1',
    'the close reason is not valid UTF-8',
  ),
  MESSAGE_TOO_SLOW: fault(
    'MESSAGE_TOO_SLOW',
    1008,
    '§10.4',
    'a message arrives slower than the least rate',
  ),
  PONG_MISSING: fault('PONG_MISSING', 1006, '§5.5.2', 'a ping was not answered in time'),
  IDLE_TOO_LONG: fault(
    'IDLE_TOO_LONG',
    1001,
    '§7.4.1',
    'no message in either direction for too long',
  ),
  CLOSE_UNANSWERED: fault(
    'CLOSE_UNANSWERED',
    1006,
    '§7.1.1',
    'the closing handshake was not finished in time',
  ),
  READS_TOO_SLOWLY: fault(
    'READS_TOO_SLOWLY',
    1008,
    '§10.4',
    'the peer reads slower than we are asked to send',
  ),
};

/** Every fault there is, by name. Frozen: compare by identity. */
export const faults: Readonly<Record<FaultName, Fault>> = Object.freeze(rows);
