/**
 * `tautline/gateways/native`: our own subprotocol, one JSON object in each text message.
 * In: payloads of a pipe. Out: messages for the session's desk; and the other way round, each message encoded once for all who
 * get it. Fails: what is no message ends the session with MESSAGE_INVALID, and the reason says what was wrong.
 */
import { Shared } from '../ground/shared.ts';
import type { FrontDesk, Gateway, Outlet, Payload, Pipe, PipeListener } from '../ports/index.ts';
import {
  clientMessageFromJson,
  type Disconnect,
  disconnects,
  jsonSubprotocol,
  type ServerMessage,
  toJson,
} from '../wire/index.ts';

export function native(): Gateway {
  return { subprotocol: jsonSubprotocol, open };
}

function open(pipe: Pipe, frontDesk: FrontDesk): PipeListener {
  const desk = frontDesk.open(outletOn(pipe));
  return {
    received(payload) {
      if (typeof payload !== 'string') {
        desk.reject(invalid('messages of this subprotocol are text'));
        return;
      }
      const read = clientMessageFromJson(payload);
      if ('problem' in read) {
        desk.reject(invalid(read.problem));
      } else {
        desk.receive(read.message);
      }
    },
    closed() {
      desk.closed();
    },
  };
}

function outletOn(pipe: Pipe): Outlet {
  return {
    name: pipe.name,
    address: pipe.address,
    get bufferedBytes() {
      return pipe.bufferedBytes;
    },
    send(message) {
      pipe.send(message.as(toPayload));
    },
    drained: () => pipe.drained(),
    close(why) {
      pipe.send(toPayload({ type: 'disconnect', ...why }));
      pipe.close(why);
    },
  };
}

/** Shared in its turn: the transport makes its frame of it once. */
function toPayload(message: ServerMessage): Shared<Payload> {
  return new Shared<Payload>(toJson(message));
}

/** A problem is at most 100 characters of ours, so it fits into a close frame (RFC 6455 §5.5). */
function invalid(problem: string): Disconnect {
  return { ...disconnects.MESSAGE_INVALID, reason: problem };
}
