/**
 * A message encoded once, for many websockets.
 * In: a text or bytes. Out: what `send` of any of them takes. Fails: `PAYLOAD_INVALID` for what is neither.
 */
import { PreparedMessage } from '../protocol/index.ts';
import { toBytes } from './payload.ts';
import { nodeText } from './text.ts';

/** Bytes are copied: they may change afterwards. */
export function prepare(message: string | Uint8Array | ArrayBuffer): PreparedMessage {
  return new PreparedMessage(typeof message === 'string' ? message : toBytes(message), nodeText);
}
