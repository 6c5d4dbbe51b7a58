/**
 * What may be said in a Close frame: https://websockets.spec.whatwg.org/#close-the-websocket.
 * In: a code and a reason, either of which may be missing. Out: what to hand to an endpoint. Fails: throws `InvalidAccessError` and
 * `SyntaxError`.
 */

const maxReasonBytes = 123;

/** For an endpoint: 1005 is a Close frame that says nothing (RFC 6455 §7.1.5). */
export interface CloseWords {
  readonly code: number;
  readonly reason: string;
}

export function closeWords(code: number | undefined, reason: string | undefined): CloseWords {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DOMException(
      `a close code must be 1000, or from 3000 to 4999, not ${code}`,
      'InvalidAccessError',
    );
  }
  if (reason === undefined || reason === '') {
    return { code: code ?? 1005, reason: '' };
  }
  if (Buffer.byteLength(reason) > maxReasonBytes) {
    throw new DOMException(
      `a close reason may have ${maxReasonBytes} bytes of UTF-8`,
      'SyntaxError',
    );
  }
  return { code: code ?? 1000, reason };
}
