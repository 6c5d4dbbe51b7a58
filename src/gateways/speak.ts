/**
 * What our own subprotocols have in common, whatever the codec: frames are read into messages, and what is said within one turn to one
 * client leaves as one frame.
 * In: payloads of a pipe. Out: messages for the session's desk; and the other way round, each message encoded once for all who get it.
 * Fails: what is no frame of messages ends the session with MESSAGE_INVALID, and the reason says what was wrong.
 */
import { Shared } from '../ground/shared.ts';
import type { FrontDesk, Outlet, Payload, Pipe, PipeListener } from '../ports/index.ts';
import {
  type ClientMessage,
  type Disconnect,
  disconnects,
  messageLimits,
  type ParsedFrame,
  type ServerMessage,
} from '../wire/index.ts';

export interface Codec {
  readonly read: (payload: Payload) => ParsedFrame<ClientMessage>;
  /** The same function each time: what it gives is kept with the message. Shared in its turn: the transport makes its frame once. */
  readonly write: (message: ServerMessage) => Shared<Payload>;
  /** Several messages that `write` gave as one frame. */
  readonly join: (payloads: readonly Payload[]) => Payload;
}

/** What waits for the end of the turn leaves at once when it is longer than this, in characters or bytes. */
export const frameLength = 65_536;

export function speak(codec: Codec, pipe: Pipe, frontDesk: FrontDesk): PipeListener {
  const turn = new Turn(codec, pipe);
  const desk = frontDesk.open(outletOn(turn, pipe));
  return {
    received(payload) {
      const read = codec.read(payload);
      if ('problem' in read) {
        desk.reject(invalid(read.problem));
        return;
      }
      for (const message of read.messages) {
        // The one before may have been the last that its session hears.
        if (turn.hasEnded) {
          return;
        }
        desk.receive(message);
      }
    },
    closed() {
      turn.hasEnded = true;
      desk.closed();
    },
  };
}

/** What is said to one client until the program comes to rest. */
class Turn {
  hasEnded = false;
  /** The length of what waits. */
  length = 0;
  private readonly codec: Codec;
  private readonly pipe: Pipe;
  private waiting: Shared<Payload>[] = [];
  private readonly comeToRest = (): void => this.end();

  constructor(codec: Codec, pipe: Pipe) {
    this.codec = codec;
    this.pipe = pipe;
  }

  say(message: Shared<ServerMessage>): void {
    const payload = message.as(this.codec.write);
    if (this.length + payload.value.length > frameLength) {
      this.end();
    }
    if (this.waiting.length === 0) {
      queueMicrotask(this.comeToRest);
    }
    this.waiting.push(payload);
    this.length += payload.value.length;
    if (this.waiting.length === messageLimits.frameMessages) {
      this.end();
    }
  }

  end(): void {
    const { waiting } = this;
    this.waiting = [];
    this.length = 0;
    const [first] = waiting;
    if (first !== undefined) {
      // One alone goes as it is: whoever else gets it, its frame is made once.
      this.pipe.send(waiting.length === 1 ? first : this.joined(waiting));
    }
  }

  private joined(waiting: readonly Shared<Payload>[]): Shared<Payload> {
    return new Shared(this.codec.join(waiting.map(({ value }) => value)));
  }
}

function outletOn(turn: Turn, pipe: Pipe): Outlet {
  return {
    name: pipe.name,
    address: pipe.address,
    handshake: pipe.handshake,
    get bufferedBytes() {
      return pipe.bufferedBytes + turn.length;
    },
    send: (message) => turn.say(message),
    drained() {
      turn.end();
      return pipe.drained();
    },
    close(why) {
      turn.say(new Shared<ServerMessage>({ type: 'disconnect', ...why }));
      turn.end();
      turn.hasEnded = true;
      pipe.close(why);
    },
  };
}

/** A problem is at most 100 characters of ours, so it fits into a close frame (RFC 6455 §5.5). */
function invalid(problem: string): Disconnect {
  return { ...disconnects.MESSAGE_INVALID, reason: problem };
}
