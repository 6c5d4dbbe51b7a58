/**
 * `tautline/gateways/native`: our own subprotocol as JSON, which people can read in the network panel of a browser.
 * In: payloads of a pipe. Out: messages for the session's desk; and the other way round. Fails: as `speak` does.
 */
import { Shared } from '../ground/shared.ts';
import type { Gateway, Payload } from '../ports/index.ts';
import {
  clientMessagesFromJson,
  joinJson,
  jsonSubprotocol,
  type ServerMessage,
  toJson,
} from '../wire/index.ts';
import { type Codec, speak } from './speak.ts';

/** The gateway for `tautline.v1.json`. */
export function native(): Gateway {
  return { subprotocol: jsonSubprotocol, open: (pipe, frontDesk) => speak(json, pipe, frontDesk) };
}

const json: Codec = {
  read: (payload) =>
    typeof payload === 'string'
      ? clientMessagesFromJson(payload)
      : { problem: 'messages of this subprotocol are text' },
  write: (message: ServerMessage) => new Shared<Payload>(toJson(message)),
  join: (payloads) => joinJson(payloads as readonly string[]),
};
