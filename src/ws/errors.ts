/**
 * Faults of a peer as the errors that programs for ws know: by `code`, by class and by message.
 * In: a fault, and the bytes it is about. Out: an error for the `error` event, or undefined for what ws does not call one.
 */
import { type Fault, type FaultName, faults } from '../protocol/index.ts';

type Row = readonly [code: string, message: (evidence: number) => string];

const opcodeOf = (header: number): number => (header >>> 8) & 0x0f;
const lengthOf = (header: number): number => header & 0x7f;
const frame = (what: string): string => `Invalid WebSocket frame: ${what}`;
const opcode: Row = ['WS_ERR_INVALID_OPCODE', (at) => frame(`invalid opcode ${opcodeOf(at)}`)];
const control: Row = [
  'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH',
  (at) => frame(`invalid payload length ${lengthOf(at)}`),
];
const tooBig: Row = ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', () => 'Max payload size exceeded'];
const utf8: Row = ['WS_ERR_INVALID_UTF8', () => frame('invalid UTF-8 sequence')];
/** Of zlib, whose words ws passes on. */
const deflate: Row = ['Z_DATA_ERROR', () => faults.DEFLATE_INVALID.message];
const rsv1: Row = ['WS_ERR_UNEXPECTED_RSV_1', () => frame('RSV1 must be clear')];
const rsv23: Row = ['WS_ERR_UNEXPECTED_RSV_2_3', () => frame('RSV2 and RSV3 must be clear')];

const rows: Partial<Readonly<Record<FaultName, Row>>> = {
  RESERVED_OPCODE: opcode,
  CONTINUATION_UNEXPECTED: opcode,
  CONTINUATION_EXPECTED: opcode,
  CONTROL_FRAGMENTED: ['WS_ERR_EXPECTED_FIN', () => frame('FIN must be set')],
  CONTROL_TOO_LONG: control,
  CLOSE_TOO_SHORT: control,
  MASK_MISSING: ['WS_ERR_EXPECTED_MASK', () => frame('MASK must be set')],
  MASK_UNEXPECTED: ['WS_ERR_UNEXPECTED_MASK', () => frame('MASK must be clear')],
  LENGTH_OVERFLOW: [
    'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    () => 'Unsupported WebSocket frame: payload length > 2^53 - 1',
  ],
  FRAME_TOO_BIG: tooBig,
  MESSAGE_TOO_BIG: tooBig,
  TOO_MANY_FRAGMENTS: ['WS_ERR_TOO_MANY_BUFFERED_PARTS', () => 'Too many message fragments'],
  DEFLATE_INVALID: deflate,
  INVALID_UTF8: utf8,
  CLOSE_REASON_INVALID: utf8,
  CLOSE_CODE_INVALID: ['WS_ERR_INVALID_CLOSE_CODE', (code) => frame(`invalid status code ${code}`)],
};

/** @param evidence As `Connection.evidence` has it. */
export function errorOf(fault: Fault, evidence: number): Error | undefined {
  if (fault.closeCode === 1006) {
    // Nobody said anything wrong: a time has passed.
    return undefined;
  }
  const row = rowOf(fault, evidence);
  const [code, message] = row;
  const error =
    row === utf8 || row === deflate
      ? new Error(message(evidence))
      : new RangeError(message(evidence));
  return Object.assign(error, { code });
}

function rowOf(fault: Fault, evidence: number): Row {
  if (fault === faults.RESERVED_BITS) {
    return (evidence & 0x3000) === 0 ? rsv1 : rsv23;
  }
  const row = rows[fault.name as FaultName];
  // What ws lets through has no code there: ours, behind the same prefix.
  return row ?? [`WS_ERR_${fault.name}`, () => frame(fault.message)];
}
