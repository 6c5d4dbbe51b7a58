/**
 * The body of a Close frame: nothing, or a code of two bytes and a reason (RFC 6455 §5.5.1, §7.4).
 * In: a code and a reason, or a body. Out: the other. Fails: what the caller may not send is thrown, what the peer may not
 * send is a fault.
 */
import { mayTravel } from './close-codes.ts';
import type { Fault } from './closing.ts';
import { faults } from './faults.ts';
import type { TextPort } from './message/text.ts';
import { UsageError } from './usage-error.ts';

/** Most bytes of a reason: a control frame carries 125, and the code takes two. */
const maxReasonBytes = 123;
const noBytes: Uint8Array = new Uint8Array(0);

/**
 * The body for `code` and `reason`; empty for no code.
 * @throws {UsageError} `CLOSE_CODE_INVALID`, `CLOSE_REASON_TOO_LONG`, `PAYLOAD_INVALID` for a reason that is no string.
 */
export function writeCloseBody(
  code: number | undefined,
  reason: string,
  port: TextPort,
): Uint8Array {
  if (typeof reason !== 'string') {
    throw new UsageError('PAYLOAD_INVALID', 'a close reason must be a string');
  }
  if (code === undefined) {
    if (reason !== '') {
      throw new UsageError('CLOSE_CODE_INVALID', 'a close reason needs a code');
    }
    return noBytes;
  }
  if (!mayTravel(code)) {
    throw new UsageError(
      'CLOSE_CODE_INVALID',
      `${code} must not be sent; use 1000, or 3000 to 4999`,
    );
  }
  const length = port.byteLength(reason);
  if (length > maxReasonBytes) {
    throw new UsageError(
      'CLOSE_REASON_TOO_LONG',
      `${length} bytes of reason, ${maxReasonBytes} is the most`,
    );
  }
  const body = new Uint8Array(2 + length);
  body[0] = code >>> 8;
  body[1] = code & 0xff;
  port.write(reason, body, 2, length);
  return body;
}

/** What the peer says with its Close frame: 1005 when it has no body (§7.1.5). */
export function readCloseBody(
  bytes: Uint8Array,
  start: number,
  end: number,
  port: TextPort,
): { readonly code: number; readonly reason: string } | Fault {
  const length = end - start;
  if (length === 0) {
    return { code: 1005, reason: '' };
  }
  if (length === 1) {
    return faults.CLOSE_TOO_SHORT;
  }
  const code = (bytes[start]! << 8) | bytes[start + 1]!;
  if (!mayTravel(code)) {
    return faults.CLOSE_CODE_INVALID;
  }
  if (!port.isValid(bytes, start + 2, end)) {
    return faults.CLOSE_REASON_INVALID;
  }
  return { code, reason: length > 2 ? port.decode(bytes, start + 2, end) : '' };
}
