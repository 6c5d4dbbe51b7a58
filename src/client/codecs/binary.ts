/**
 * `tautline/client/binary`: messages in bytes: smaller, and for applications that publish bytes much smaller.
 */
import { clientMessageToBinary, serverMessagesFromBinary } from '../../wire/binary.ts';
import { binarySubprotocol } from '../../wire/index.ts';
import type { ClientCodec } from './codec.ts';

/** Messages in bytes, for the `codec` of a client; the hub must have the gateway for it, `nativeBinary`. */
export function binary(): ClientCodec {
  return {
    subprotocol: binarySubprotocol,
    write: clientMessageToBinary,
    read: (frame) =>
      typeof frame === 'string' ? { problem: 'it is not binary' } : serverMessagesFromBinary(frame),
  };
}
