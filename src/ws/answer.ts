/**
 * A server's 101, judged as ws judges it (RFC 6455 §4.1).
 * In: the fields of the answer, and what was asked. Out: what is agreed, or what is wrong in the words of ws.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { acceptFor } from '../protocol/index.ts';
import { type AgreedExtension, type DeflateOptions, takeAnswer } from './deflate.ts';

export interface Asked {
  readonly key: string;
  readonly protocols: ReadonlySet<string>;
  /** Undefined when compression was not offered. */
  readonly deflate?: DeflateOptions | undefined;
}

export interface Judged {
  readonly protocol: string;
  readonly deflate: AgreedExtension | undefined;
}
interface Wrong {
  readonly wrong: string;
}

export function judgeAnswer(
  headers: IncomingHttpHeaders,
  { key, protocols, deflate }: Asked,
): Judged | Wrong {
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
  const extensions = headers['sec-websocket-extensions'];
  const agreed = extensions === undefined ? undefined : judgeExtensions(extensions, deflate);
  if (agreed !== undefined && 'wrong' in agreed) {
    return agreed;
  }
  return { protocol: protocol ?? '', deflate: agreed };
}

function judgeExtensions(
  said: string,
  offered: DeflateOptions | undefined,
): AgreedExtension | Wrong {
  if (offered === undefined) {
    return {
      wrong: 'Server sent a Sec-WebSocket-Extensions header but no extension was requested',
    };
  }
  try {
    const wrong = 'Server indicated an extension that was not requested';
    return takeAnswer(said, offered) ?? { wrong };
  } catch {
    return { wrong: 'Invalid Sec-WebSocket-Extensions header' };
  }
}
