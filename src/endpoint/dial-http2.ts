/**
 * The client's handshake as a stream of HTTP/2 (RFC 8441).
 * In: a seat in a session and the request. Out: what was agreed, and the stream, paused; nothing, where the server wants HTTP/1.1 for
 * this (RFC 9113 §7, HTTP_1_1_REQUIRED). Fails: rejects with `ConnectionError`, and the stream is gone.
 */
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import {
  checkExtendedResponse,
  HeaderList,
  type HeadLimits,
  type Offers,
} from '../protocol/index.ts';
import { cut } from './cut.ts';
import { lost, refused } from './dial-errors.ts';
import type { Shaken } from './dial-http1.ts';
import { ConnectionError } from './errors.ts';
import type { Seat } from './http2-session.ts';
import { gatherUnread } from './unread-data.ts';

export interface Extended {
  /** From `extendedRequest`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly request: Offers;
  readonly limits: Required<HeadLimits>;
}

export function shakeHandsOn(
  seat: Seat,
  { fields, request, limits }: Extended,
  giveUp: AbortSignal,
): Promise<Shaken | undefined> {
  return new Promise((resolve, reject) => {
    const stream = opened(seat, fields);
    let bytesLeft = limits.maxHeadBytes;
    const finish = (): void => {
      giveUp.removeEventListener('abort', onAbort);
      stream.off('headers', onHints);
      stream.off('response', onResponse);
      stream.off('close', onClose);
    };
    const fail = (error: unknown): void => {
      finish();
      cut(stream);
      reject(error as Error);
    };
    const onAbort = (): void => {
      const reason = giveUp.reason as Error;
      if (reason instanceof ConnectionError && reason.code === 'HANDSHAKE_TOO_LATE') {
        // Perhaps nobody is there any more: the next dialling must not wait for the same silence.
        seat.retire();
      }
      fail(reason);
    };
    const onClose = (): void => {
      if (stream.rstCode === constants.NGHTTP2_HTTP_1_1_REQUIRED) {
        finish();
        resolve(undefined);
      } else {
        fail(lost(`the stream was reset during the handshake (${stream.rstCode})`));
      }
    };
    const isTooLarge = (headers: HeaderList, size: number): boolean => {
      bytesLeft -= size;
      const isLong = bytesLeft < 0;
      if (isLong || headers.count > limits.maxHeaders) {
        const fault = isLong ? 'HEAD_TOO_LARGE' : 'TOO_MANY_HEADERS';
        fail(refused('HANDSHAKE_REFUSED', 'the answer is too large', { fault }));
        return true;
      }
      return false;
    };
    const onHints = (hints: IncomingHttpHeaders): void => {
      const { headers, size } = listOf(hints);
      isTooLarge(headers, size);
    };
    const onResponse = (response: IncomingHttpHeaders & { ':status'?: number }): void => {
      const { headers, size } = listOf(response);
      if (isTooLarge(headers, size)) {
        return;
      }
      const answer = checkExtendedResponse({ status: response[':status'] ?? 0, headers }, request);
      if ('name' in answer) {
        const { name: fault, status } = answer;
        fail(refused('HANDSHAKE_REFUSED', answer.message, { fault, status }));
      } else {
        finish();
        resolve({
          socket: stream,
          already: Buffer.alloc(0),
          agreed: answer,
          suspect: () => seat.retire(),
        });
      }
    };
    // What a stream has to say in errors it says in `close` as well.
    stream.on('error', () => {});
    gatherUnread(stream);
    giveUp.addEventListener('abort', onAbort, { once: true });
    stream.on('headers', onHints);
    stream.on('response', onResponse);
    stream.on('close', onClose);
    if (giveUp.aborted) {
      onAbort();
    }
  });
}

function opened(seat: Seat, fields: Readonly<Record<string, string>>): ClientHttp2Stream {
  try {
    return seat.open(fields);
  } catch (cause) {
    throw lost(`the HTTP/2 connection ended before the handshake: ${String(cause)}`, cause);
  }
}

/** The fields, and how many bytes a head of HTTP/1.1 would have taken for them. */
function listOf(fields: IncomingHttpHeaders): { headers: HeaderList; size: number } {
  const raw: string[] = [];
  let size = 0;
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [String(value)]) {
      raw.push(name, one);
      size += name.length + one.length + 4;
    }
  }
  return { headers: new HeaderList(raw), size };
}
