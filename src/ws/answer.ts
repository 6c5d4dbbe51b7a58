/**
 * A server's 101, judged as ws judges it (RFC 6455 §4.1).
 * In: the fields of the answer, and what was asked. Out: the agreed subprotocol, or what is wrong in the words of ws.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { acceptFor } from '../protocol/index.ts';

export interface Asked {
  readonly key: string;
  readonly protocols: ReadonlySet<string>;
}

export function judgeAnswer(
  headers: IncomingHttpHeaders,
  { key, protocols }: Asked,
): { readonly protocol: string } | { readonly wrong: string } {
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    return { wrong: 'Invalid Upgrade header' };
  }
  if (headers['sec-websocket-accept'] !== acceptFor(key)) {
    return { wrong: 'Invalid Sec-WebSocket-Accept header' };
  }
  const protocol = headers['sec-websocket-protocol'];
  if (protocol === undefined && protocols.size > 0) {
    return { wrong: 'Server sent no subprotocol' };
  }
  if (protocol !== undefined && protocols.size === 0) {
    return { wrong: 'Server sent a subprotocol but none was requested' };
  }
  if (protocol !== undefined && !protocols.has(protocol)) {
    return { wrong: 'Server sent an invalid subprotocol' };
  }
  if (headers['sec-websocket-extensions'] !== undefined) {
    return {
      wrong: 'Server sent a Sec-WebSocket-Extensions header but no extension was requested',
    };
  }
  return { protocol: protocol ?? '' };
}
