/**
 * Messages as JSON text.
 */
import { jsonSubprotocol, serverMessagesFromJson, toJson } from '../../wire/index.ts';
import type { ClientCodec } from './codec.ts';

export function json(): ClientCodec {
  return {
    subprotocol: jsonSubprotocol,
    write: toJson,
    read: (frame) =>
      typeof frame === 'string' ? serverMessagesFromJson(frame) : { problem: 'it is not text' },
  };
}
