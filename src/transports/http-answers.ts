/**
 * Requests and answers of roads, as Node has them: HTTP/1.1, and HTTP/2 by what Node calls its compatibility interface.
 * In: a request. Out: its body, or an answer that no cache keeps, no proxy holds back and no browser guesses at (THREATS D17). Fails:
 * each failure is an answer, and frees its connection (A6).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { Cancel, Clock } from '../ground/clock.ts';

/** One request, and where its answer goes. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  /** The page that asked, when it is of another origin; it was let in. */
  readonly origin: string | undefined;
}

/** @codes Why a request for a road was refused. */
export type RoadErrorCode =
  | 'ROAD_BODY_INVALID'
  | 'ROAD_BODY_TOO_LARGE'
  | 'ROAD_BODY_TOO_SLOW'
  | 'ROAD_GONE'
  | 'ROAD_HOLE'
  | 'ROAD_METHOD_UNKNOWN'
  | 'ROAD_REQUEST_INVALID'
  | 'ROAD_SUBPROTOCOL_UNKNOWN'
  | 'ROAD_SUPERSEDED'
  | 'ROAD_TYPE_UNKNOWN'
  | 'TOO_MANY_ROADS';

const statuses: Readonly<Record<RoadErrorCode, number>> = {
  ROAD_BODY_INVALID: 400,
  ROAD_BODY_TOO_LARGE: 413,
  ROAD_BODY_TOO_SLOW: 408,
  ROAD_GONE: 410,
  ROAD_HOLE: 409,
  ROAD_METHOD_UNKNOWN: 405,
  ROAD_REQUEST_INVALID: 400,
  ROAD_SUBPROTOCOL_UNKNOWN: 400,
  ROAD_SUPERSEDED: 409,
  ROAD_TYPE_UNKNOWN: 415,
  TOO_MANY_ROADS: 503,
};

export interface Answer {
  readonly status: number;
  /** Events, or JSON; undefined: there is nothing to say. */
  readonly body?: string;
  readonly type?: 'application/json' | 'text/event-stream';
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(status: number, value: object): Answer {
  return { status, body: JSON.stringify(value), type: 'application/json' };
}

export function refusal(code: RoadErrorCode, message: string, more: object = {}): Answer {
  const headers: Record<string, string> = {};
  if (code === 'ROAD_METHOD_UNKNOWN') {
    headers['Allow'] = 'DELETE, GET, OPTIONS, POST';
  } else if (code === 'TOO_MANY_ROADS') {
    headers['Retry-After'] = '5';
  }
  return { ...json(statuses[code], { code, message, ...more }), headers };
}

export function commonHeaders(origin: string | undefined): Record<string, string> {
  return {
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
    Vary: 'Origin',
    ...(origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin }),
  };
}

/** Gives the whole answer. What is left of the request is not waited for. `onSent` comes when it has left this process. */
export function give(
  { incoming, response, origin }: Exchange,
  answer: Answer,
  onSent?: () => void,
): void {
  if (response.destroyed || response.writableEnded) {
    return;
  }
  const { status, body = '', type, headers } = answer;
  const isTooSlow = status === statuses.ROAD_BODY_TOO_SLOW;
  const isWhole = incoming.complete || (!isTooSlow && restBytes(incoming) <= passedOverBytes);
  response.writeHead(status, {
    ...commonHeaders(origin),
    ...headers,
    ...(type === undefined ? {} : { 'Content-Type': type }),
    ...(status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    ...(isWhole || incoming.httpVersionMajor > 1 ? {} : { Connection: 'close' }),
  });
  response.end(body, () => {
    onSent?.();
    if (!isWhole) {
      stopReading(response);
    }
  });
}

/** So much of a body that nobody wants is read all the same, and the connection goes on. */
const passedOverBytes = 65_536;

/** What may still come of the body, at the most. */
function restBytes({ headers }: IncomingMessage): number {
  return headers['transfer-encoding'] === undefined
    ? Number(headers['content-length'] ?? 0)
    : Number.POSITIVE_INFINITY;
}

/** A stream of HTTP/2 stays open as long as the peer goes on with its request; a connection of HTTP/1.1 was told to close. */
function stopReading(response: ServerResponse | Http2ServerResponse): void {
  if ('stream' in response) {
    response.stream.close();
  }
}

export interface BodyOptions {
  readonly clock: Clock;
  readonly maxBodyBytes: number;
  readonly bodyWithinMs: number;
  /** Some of it has come. */
  readonly came: () => void;
}

/** Of so many bytes each stretch has its time: a large body on a slow link is late only where it stands still, or nearly. */
const stretchBytes = 262_144;

/** The text of a body; or what to answer instead; or undefined when the peer has gone. Never rejects. */
export function readBody(
  { incoming }: Exchange,
  { clock, maxBodyBytes, bodyWithinMs, came }: BodyOptions,
): Promise<string | Answer | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let cancel: Cancel | undefined;
    const settle = (outcome: string | Answer | undefined): void => {
      cancel?.();
      incoming.off('data', onData);
      resolve(outcome);
    };
    const watch = (): void => {
      cancel?.();
      cancel = clock.after(bodyWithinMs, () => {
        settle(refusal('ROAD_BODY_TOO_SLOW', 'the body did not come in time'));
      });
    };
    const onData = (chunk: Buffer): void => {
      const stretch = Math.floor(bytes / stretchBytes);
      bytes += chunk.length;
      chunks.push(chunk);
      came();
      if (bytes > maxBodyBytes) {
        incoming.pause();
        settle(refusal('ROAD_BODY_TOO_LARGE', `a body has at most ${maxBodyBytes} bytes`));
      } else if (Math.floor(bytes / stretchBytes) > stretch) {
        watch();
      }
    };
    if (Number(incoming.headers['content-length'] ?? 0) > maxBodyBytes) {
      settle(refusal('ROAD_BODY_TOO_LARGE', `a body has at most ${maxBodyBytes} bytes`));
      return;
    }
    watch();
    incoming.on('data', onData);
    incoming.once('end', () => settle(textOf(chunks)));
    incoming.once('close', () => settle(undefined));
  });
}

function textOf(chunks: readonly Buffer[]): string | Answer {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return refusal('ROAD_BODY_INVALID', 'the body is not UTF-8');
  }
}
