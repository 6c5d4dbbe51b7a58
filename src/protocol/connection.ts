/**
 * An open WebSocket connection, for one peer, in either role (RFC 6455 §5 to §7).
 * In: the peer's bytes, the application's messages, and the time. Out: calls on a sink, in order, during the call that
 * caused them; bytes go to the sink's output. Touches no socket and no timer. What the peer does wrong is told as a
 * closing with a fault; what the caller does wrong is thrown.
 */
import { copyOf } from '../ground/bytes.ts';
import { writeCloseBody } from './close-body.ts';
import type { Closing, Fault, Phase } from './closing.ts';
import { Inflater, type InflaterHost } from './deflate/inflater.ts';
import { Ending } from './ending.ts';
import { faults } from './faults.ts';
import { platformKeys } from './frame/mask-keys.ts';
import * as opcode from './frame/opcode.ts';
import type { PreparedMessage } from './frame/prepared.ts';
import { KeepAlive } from './keep-alive.ts';
import { type Manners, usualManners } from './manners.ts';
import { pureText, type TextPort } from './message/text.ts';
import type { ConnectionOptions } from './options.ts';
import { type Inbox, Receiver } from './receive.ts';
import { type FragmentPlace, Sender } from './send.ts';
import type { ConnectionPorts, ConnectionSink, Role } from './sink.ts';
import { Suspension } from './suspension.ts';
import { UsageError } from './usage-error.ts';

/** Most bytes that may arrive while a connection is suspended. */
const maxHeldBytes = 1024 * 1024;

export class Connection implements Inbox, InflaterHost {
  readonly role: Role;
  /** Messages are told by `sink.piece`, since `receiveInPieces`. */
  isInPieces = false;

  private readonly sink: ConnectionSink;
  private readonly text: TextPort;
  private readonly manners: Required<Manners>;
  private readonly sender: Sender;
  private readonly receiver: Receiver;
  private readonly inflater: Inflater | undefined;
  private readonly keepAlive: KeepAlive;
  private readonly ending: Ending;
  private readonly suspension: Suspension;
  private nowMs: number;
  private owedPong: Uint8Array | undefined;

  /**
   * A connection whose opening handshake is done.
   * @param options All of them: see `connectionOptions`.
   * @param nowMs The time, from any fixed point; every later call gives it on the same scale.
   */
  constructor(
    role: Role,
    sink: ConnectionSink,
    options: Required<ConnectionOptions>,
    nowMs: number,
    ports: ConnectionPorts = {},
  ) {
    this.role = role;
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
    this.nowMs = nowMs;
    this.keepAlive = new KeepAlive(options, nowMs);
    this.manners = ports.manners ?? usualManners;
    const { text, sender, receiver, keepAlive, manners } = this;
    this.ending = new Ending({ role, sink, text, sender, receiver, keepAlive, manners });
    const { inflater, ending } = this;
    this.suspension = new Suspension({ receiver, inflater, keepAlive, ending });
  }

  get phase(): Phase {
    return this.ending.phase;
  }

  /** What `closed` will tell, as far as it is known; and what a fault is about: a close code, or the first two bytes of a header. */
  get foreseen(): { readonly why: Closing | undefined; readonly evidence: number } {
    return { why: this.ending.why, evidence: this.ending.refusedCode ?? this.receiver.lastHeader };
  }

  /** When `expire` wants to be called, if nothing else happens before; `Infinity` when never. Calling early is harmless. */
  get deadlineMs(): number {
    return this.keepAlive.earliestMs;
  }

  /** Nothing is told: the application wants it so, or a message is being inflated elsewhere. */
  get isSuspended(): boolean {
    return this.suspension.isOn;
  }

  /** Bytes of messages that were sent and are being compressed, or wait behind one that is. */
  get waitingBytes(): number {
    return this.sender.waitingBytes;
  }

  /** As frames. With `passedFrames` it tells when the latest of them has gone to the output. */
  get waitingFrames(): number {
    return this.sender.waitingFrames;
  }

  /** Frames that waited so and wait no longer, all told. */
  get passedFrames(): number {
    return this.sender.passedFrames;
  }

  /** Bytes that came while suspended and wait. */
  get heldBytes(): number {
    return this.receiver.heldBytes;
  }

  /**
   * Takes bytes from the peer. The chunk is unmasked in place, and nothing of it is kept.
   * @param isGiven Nobody else has a use for the chunk's memory: it may be kept, and handed on with a message that is `owned`.
   * @throws {UsageError} `RECEIVE_WHILE_SUSPENDED` when over 1 MiB came since `suspend`: stop reading meanwhile.
   */
  receive(chunk: Uint8Array, nowMs: number, isGiven = false): void {
    this.nowMs = nowMs;
    this.keepAlive.heard(chunk.length, nowMs);
    if (!this.ending.listens) {
      return;
    }
    if (this.isSuspended && this.receiver.heldBytes + chunk.length > maxHeldBytes) {
      throw new UsageError(
        'RECEIVE_WHILE_SUSPENDED',
        'stop reading while a connection is suspended',
      );
    }
    this.receiver.read(chunk, isGiven);
    this.suspension.noteProgress(nowMs);
  }

  /**
   * From the next message on, each is told in pieces as it comes, and no part of it is kept: `maxMessageBytes`, `maxFrameBytes` and
   * `maxFragments` do not hold for it. One that has begun is told whole, as one piece. There is no way
   * back; another call sets another limit.
   * @param maxBytes Largest message, in bytes of payload; beyond it 1009.
   */
  receiveInPieces(maxBytes: number = Number.POSITIVE_INFINITY): void {
    this.isInPieces = true;
    this.receiver.tellPieces(maxBytes);
  }

  /**
   * Tells no more until `resume`, from the next message or piece on; also from inside a call on the sink. For work that is done
   * elsewhere before the next message may be told, and for an application that is busy.
   */
  suspend(): void {
    this.suspension.pause();
  }

  resume(nowMs: number): void {
    this.nowMs = nowMs;
    this.suspension.resume(nowMs);
  }

  /**
   * @param compress Where compression was agreed, and the message is large enough to be worth it.
   * @throws {UsageError} `SEND_AFTER_CLOSE` unless `phase` is `open`; `PAYLOAD_INVALID`.
   */
  sendText(payload: string, compress = true): void {
    this.mustBeOpen();
    this.sender.text(payload, compress);
    this.keepAlive.active();
  }

  /**
   * A server's payload of 16 KiB and more is kept by reference until it has left: do not change it before.
   * @param text The payload is UTF-8, and goes out as text. It is not checked.
   * @throws {UsageError} As `sendText`.
   */
  sendBytes(payload: Uint8Array, text = false, compress = true): void {
    this.mustBeOpen();
    this.sender.bytes(payload, text, compress);
    this.keepAlive.active();
  }

  /** @throws {UsageError} As `sendText`. */
  sendPrepared(message: PreparedMessage, compress = true): void {
    this.mustBeOpen();
    this.sender.prepared(message, compress);
    this.keepAlive.active();
  }

  /**
   * One frame of a message that is sent in several (§5.4). Control frames may go between them, other messages may not.
   * @throws {UsageError} `FRAGMENT_OUT_OF_ORDER` when `first` does not fit what went before; else as `sendText`.
   */
  sendFragment(payload: Uint8Array, place: FragmentPlace): void {
    this.mustBeOpen();
    this.sender.fragment(payload, place);
    this.keepAlive.active();
  }

  /**
   * Sends a ping; the pong that answers it comes with the round-trip time.
   * @throws {UsageError} `CONTROL_TOO_LONG` above 125 bytes; else as `sendText`.
   */
  ping(payload: Uint8Array, nowMs: number): void {
    this.mustBeOpen();
    this.nowMs = nowMs;
    this.sender.control(opcode.ping, payload);
    this.keepAlive.ping(payload, nowMs);
  }

  /** An unasked pong (§5.5.3). @throws {UsageError} As `ping`. */
  pong(payload: Uint8Array): void {
    this.mustBeOpen();
    this.sender.control(opcode.pong, payload);
  }

  /**
   * Begins the closing handshake (§7.1.2); does nothing when it has begun already. While suspended, the answer is not seen:
   * resume, or the handshake ends at its deadline.
   * @param code One that may travel (`mayTravel`), or undefined for a Close frame without a body.
   * @throws {UsageError} `CLOSE_CODE_INVALID`, `CLOSE_REASON_TOO_LONG` (above 123 bytes of UTF-8), `PAYLOAD_INVALID`.
   */
  close(code: number | undefined, reason: string, nowMs: number): void {
    const body = writeCloseBody(code, reason, this.text);
    this.nowMs = nowMs;
    this.ending.close(body, nowMs);
  }

  /** The application holds that the peer must go, for example because it reads too slowly. */
  failWith(fault: Fault, nowMs: number): void {
    this.nowMs = nowMs;
    this.fault(fault);
  }

  /** Some or all of what was blocked has left: the peer takes bytes, and the pong that waited may go. */
  drained(nowMs: number): void {
    this.nowMs = nowMs;
    this.keepAlive.drained(nowMs);
    const pong = this.owedPong;
    if (pong !== undefined && !this.sink.isBlocked && this.phase === 'open') {
      this.owedPong = undefined;
      this.sender.control(opcode.pong, pong);
    }
  }

  /** The peer will send no more, and said no goodbye: what we owe may still leave (§7.1.5: 1006). */
  endOfInput(nowMs: number): void {
    this.nowMs = nowMs;
    this.suspension.endOfInput(nowMs);
  }

  /** The transport has ended, by whomever. */
  end(nowMs: number): void {
    this.nowMs = nowMs;
    this.owedPong = undefined;
    this.inflater?.end();
    this.ending.end();
  }

  /** Looks which deadlines have passed, and does what is then due. */
  expire(nowMs: number): void {
    this.nowMs = nowMs;
    const due = this.keepAlive.expire(nowMs, this.sink.isBlocked);
    if (due === 'ping') {
      // The payload only has to be unlike the last one: the time it was sent will do.
      const stamp = new Uint8Array(new Float64Array([nowMs]).buffer);
      this.ping(stamp, nowMs);
      this.keepAlive.awaitPong(nowMs);
    } else if (due === faults.CLOSE_UNANSWERED) {
      this.ending.giveUp();
    } else if (due !== undefined) {
      this.fault(due);
    }
  }

  /** @internal From the receiver. */
  data(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.keepAlive.active();
    if (this.isInPieces) {
      this.sink.piece(bytes, start, end, text, true, true);
    } else {
      this.sink.message(bytes, start, end, text, owned);
    }
  }

  /** @internal From the receiver. */
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

  /** @internal From the receiver. */
  deflated(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    const inflater = this.inflater!;
    inflater.take(bytes, start, end, text, owned);
    if (inflater.isBusy) {
      this.suspension.holdStill();
    }
  }

  /** @internal From the inflater. */
  inflated(nowMs: number): void {
    this.nowMs = nowMs;
    this.suspension.goOn(nowMs);
  }

  /** @internal From the receiver. */
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

  /** @internal From the receiver, and from what time or the application finds. */
  fault(fault: Fault): void {
    this.ending.fault(fault, this.nowMs);
  }

  /** §5.5.2, §5.5.3: a reader gets every pong; while nothing leaves, only the latest is kept. */
  private answerPing(bytes: Uint8Array, start: number, end: number): void {
    if (this.phase !== 'open' || !this.manners.answersPings) {
      return;
    }
    if (this.sink.isBlocked) {
      this.owedPong = copyOf(bytes, start, end);
    } else {
      this.owedPong = undefined;
      this.sender.control(opcode.pong, bytes.subarray(start, end));
    }
  }

  private mustBeOpen(): void {
    if (this.phase !== 'open') {
      throw new UsageError('SEND_AFTER_CLOSE', 'the connection is closing or closed');
    }
  }
}
