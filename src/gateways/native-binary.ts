/**
 * `tautline/gateways/native-binary`: our own subprotocol in bytes, for clients whose data are bytes, or many.
 * In: payloads of a pipe. Out: messages for the session's desk; and the other way round. Fails: as `speak` does.
 */
import { concat } from '../ground/bytes.ts';
import { Shared } from '../ground/shared.ts';
import type { Gateway, Payload } from '../ports/index.ts';
import { clientMessagesFromBinary, serverMessageToBinary } from '../wire/binary.ts';
import { binarySubprotocol, type ServerMessage } from '../wire/index.ts';
import { type Codec, speak } from './speak.ts';

/** The gateway for `tautline.v1.binary`. */
export function nativeBinary(): Gateway {
  return {
    subprotocol: binarySubprotocol,
    open: (pipe, frontDesk) => speak(binary, pipe, frontDesk),
  };
}

const binary: Codec = {
  read: (payload) =>
    typeof payload === 'string'
      ? { problem: 'messages of this subprotocol are bytes' }
      : clientMessagesFromBinary(payload),
  write: (message: ServerMessage) => new Shared<Payload>(serverMessageToBinary(message)),
  join: (payloads) => concat(payloads as readonly Uint8Array[]),
};
