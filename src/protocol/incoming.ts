/**
 * What the peer's bytes cause on an open connection (RFC 6455 §5 to §7): messages are told, pings answered, closes and faults passed on.
 * In: what the receiver and the inflater find, and the time of each call. Out: calls on the sink, and pongs. Fails: a fault is the end of
 * the connection, which is told there.
 */
import { copyOf } from '../ground/bytes.ts';
import type { Fault } from './closing.ts';
import { Inflater, type InflaterHost } from './deflate/inflater.ts';
import { Ending } from './ending.ts';
import { platformKeys } from './frame/mask-keys.ts';
import * as opcode from './frame/opcode.ts';
import type { Inbox } from './inbox.ts';
import { KeepAlive } from './keep-alive.ts';
import { type Manners, usualManners } from './manners.ts';
import { pureText, type TextPort } from './message/text.ts';
import type { ConnectionOptions } from './options.ts';
import { Receiver } from './receive.ts';
import { Sender } from './send.ts';
import type { ConnectionPorts, ConnectionSink, Role } from './sink.ts';
import { Suspension } from './suspension.ts';

export class Incoming implements Inbox, InflaterHost {
  /** When the call began that causes all this. */
  nowMs: number;
  /** Messages are told by `sink.piece`. */
  isInPieces = false;
  readonly sink: ConnectionSink;
  readonly text: TextPort;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly keepAlive: KeepAlive;
  readonly ending: Ending;
  readonly suspension: Suspension;
  private readonly inflater: Inflater | undefined;
  private readonly manners: Required<Manners>;
  private owedPong: Uint8Array | undefined;

  /** Makes the parts of a connection, and joins them. */
  constructor(
    role: Role,
    sink: ConnectionSink,
    options: Required<ConnectionOptions>,
    nowMs: number,
    ports: ConnectionPorts,
  ) {
    this.nowMs = nowMs;
    this.sink = sink;
    this.text = ports.text ?? pureText;
    const keys = role === 'client' ? (ports.keys ?? platformKeys) : undefined;
    const { compression } = ports;
    this.sender = new Sender(sink, this.text, keys, compression);
    const mayCompress = compression !== undefined;
    this.receiver = new Receiver(
      { expectsMask: role === 'server', mayCompress },
      options,
      { text: this.text, memory: ports.memory },
      this,
    );
    this.inflater =
      compression && new Inflater(compression, options.maxMessageBytes, this.text, this);
    this.keepAlive = new KeepAlive(options, nowMs);
    this.manners = ports.manners ?? usualManners;
    const { text, sender, receiver, keepAlive, manners } = this;
    this.ending = new Ending({ role, sink, text, sender, receiver, keepAlive, manners });
    const { inflater, ending } = this;
    this.suspension = new Suspension({ receiver, inflater, keepAlive, ending });
  }

  /** From the receiver. */
  data(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.keepAlive.active();
    if (this.isInPieces) {
      this.sink.piece(bytes, start, end, text, true, true);
    } else {
      this.sink.message(bytes, start, end, text, owned);
    }
  }

  /** From the receiver. */
  piece(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void {
    this.keepAlive.active();
    this.sink.piece(bytes, start, end, text, first, last);
  }

  /** From the receiver. */
  deflated(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    const inflater = this.inflater!;
    inflater.take(bytes, start, end, text, owned);
    if (inflater.isBusy) {
      this.suspension.holdStill();
    }
  }

  /** From the inflater. */
  inflated(nowMs: number): void {
    this.nowMs = nowMs;
    this.suspension.goOn(nowMs);
  }

  /** From the receiver. */
  control(kind: number, bytes: Uint8Array, start: number, end: number): void {
    if (kind === opcode.close) {
      this.ending.receiveClose(bytes, start, end, this.nowMs);
    } else if (kind === opcode.ping) {
      this.answerPing(bytes, start, end);
      this.sink.ping(bytes, start, end);
    } else {
      const roundTripMs = this.keepAlive.pong(bytes.subarray(start, end), this.nowMs);
      this.sink.pong(bytes, start, end, roundTripMs);
    }
  }

  /** From the receiver, and from what time or the application finds. */
  fault(fault: Fault): void {
    this.ending.fault(fault, this.nowMs);
  }

  /** What was blocked has left: the pong that waited may go. */
  sendOwedPong(): void {
    const pong = this.owedPong;
    if (pong !== undefined && !this.sink.isBlocked && this.ending.phase === 'open') {
      this.owedPong = undefined;
      this.sender.control(opcode.pong, pong);
    }
  }

  /** The transport has ended. */
  end(): void {
    this.owedPong = undefined;
    this.inflater?.end();
    this.ending.end();
  }

  /** §5.5.2, §5.5.3: a reader gets every pong; while nothing leaves, only the latest is kept. */
  private answerPing(bytes: Uint8Array, start: number, end: number): void {
    if (this.ending.phase !== 'open' || !this.manners.answersPings) {
      return;
    }
    if (this.sink.isBlocked) {
      this.owedPong = copyOf(bytes, start, end);
    } else {
      this.owedPong = undefined;
      this.sender.control(opcode.pong, bytes.subarray(start, end));
    }
  }
}
