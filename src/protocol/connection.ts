/**
 * An open WebSocket connection, for one peer, in either role (RFC 6455 §5 to §7).
 * In: the peer's bytes, the application's messages, and the time. Out: calls on a sink, in order, during the call that
 * caused them; bytes go to the sink's output. Touches no socket and no timer. What the peer does wrong is told as a
 * closing with a fault; what the caller does wrong is thrown.
 */
import { writeCloseBody } from './close-body.ts';
import type { Closing, Fault, Phase } from './closing.ts';
import type { Ending } from './ending.ts';
import { faults } from './faults.ts';
import * as opcode from './frame/opcode.ts';
import type { PreparedMessage } from './frame/prepared.ts';
import { Incoming } from './incoming.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { ConnectionOptions } from './options.ts';
import type { Receiver } from './receive.ts';
import type { FragmentPlace, Sender } from './send.ts';
import type { ConnectionPorts, ConnectionSink, Role } from './sink.ts';
import type { Suspension } from './suspension.ts';
import { UsageError } from './usage-error.ts';

/** Most bytes that may arrive while a connection is suspended. */
const maxHeldBytes = 1024 * 1024;

/**
 * One peer's side of RFC 6455 after the handshake: bytes and the time go in, calls on the sink come out. It touches no socket and no
 * timer.
 */
export class Connection {
  readonly role: Role;

  private readonly incoming: Incoming;
  // Parts of it, at hand: a way less for each message.
  private readonly sender: Sender;
  private readonly receiver: Receiver;
  private readonly keepAlive: KeepAlive;
  private readonly ending: Ending;
  private readonly suspension: Suspension;

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
    const incoming = new Incoming(role, sink, options, nowMs, ports);
    this.incoming = incoming;
    this.sender = incoming.sender;
    this.receiver = incoming.receiver;
    this.keepAlive = incoming.keepAlive;
    this.ending = incoming.ending;
    this.suspension = incoming.suspension;
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
    this.incoming.nowMs = nowMs;
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
    this.incoming.isInPieces = true;
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
    this.incoming.nowMs = nowMs;
    this.suspension.resume(nowMs);
  }

  /**
   * @param compress Where compression was agreed, and the message is large enough to be worth it.
   * @throws {UsageError} `SEND_AFTER_CLOSE` unless `phase` is `open`; `PAYLOAD_INVALID`.
   */
  sendText(payload: string, compress = true): void {
    this.mustBeOpen();
    this.sender.text(payload, compress);
    this.keepAlive.said(payload.length);
  }

  /**
   * A server's payload of 16 KiB and more is kept by reference until it has left: do not change it before.
   * @param text The payload is UTF-8, and goes out as text. It is not checked.
   * @throws {UsageError} As `sendText`.
   */
  sendBytes(payload: Uint8Array, text = false, compress = true): void {
    this.mustBeOpen();
    this.sender.bytes(payload, text, compress);
    this.keepAlive.said(payload.length);
  }

  /** @throws {UsageError} As `sendText`. */
  sendPrepared(message: PreparedMessage, compress = true): void {
    this.mustBeOpen();
    this.sender.prepared(message, compress);
    this.keepAlive.said(message.length);
  }

  /**
   * One frame of a message that is sent in several (§5.4). Control frames may go between them, other messages may not.
   * @throws {UsageError} `FRAGMENT_OUT_OF_ORDER` when `first` does not fit what went before; else as `sendText`.
   */
  sendFragment(payload: Uint8Array, place: FragmentPlace): void {
    this.mustBeOpen();
    this.sender.fragment(payload, place);
    this.keepAlive.said(payload.length);
  }

  /**
   * Sends a ping; the pong that answers it comes with the round-trip time.
   * @throws {UsageError} `CONTROL_TOO_LONG` above 125 bytes; else as `sendText`.
   */
  ping(payload: Uint8Array, nowMs: number): void {
    this.mustBeOpen();
    this.incoming.nowMs = nowMs;
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
    const body = writeCloseBody(code, reason, this.incoming.text);
    this.incoming.nowMs = nowMs;
    this.ending.close(body, nowMs);
  }

  /** The application holds that the peer must go, for example because it reads too slowly. */
  failWith(fault: Fault, nowMs: number): void {
    this.incoming.nowMs = nowMs;
    this.incoming.fault(fault);
  }

  /** Some or all of what was blocked has left: the peer takes bytes, and the pong that waited may go. */
  drained(nowMs: number): void {
    this.incoming.nowMs = nowMs;
    this.keepAlive.drained(nowMs);
    this.incoming.sendOwedPong();
  }

  /** The peer will send no more, and said no goodbye: what we owe may still leave (§7.1.5: 1006). */
  endOfInput(nowMs: number): void {
    this.incoming.nowMs = nowMs;
    this.suspension.endOfInput(nowMs);
  }

  /** The transport has ended, by whomever. */
  end(nowMs: number): void {
    this.incoming.nowMs = nowMs;
    this.incoming.end();
  }

  /** Looks which deadlines have passed, and does what is then due. */
  expire(nowMs: number): void {
    this.incoming.nowMs = nowMs;
    const due = this.keepAlive.expire(nowMs, this.incoming.sink.isBlocked);
    if (due === 'ping') {
      // The payload only has to be unlike the last one: the time it was sent will do.
      const stamp = new Uint8Array(new Float64Array([nowMs]).buffer);
      this.ping(stamp, nowMs);
      this.keepAlive.awaitPong(nowMs);
    } else if (due === faults.CLOSE_UNANSWERED) {
      this.ending.giveUp();
    } else if (due !== undefined) {
      this.incoming.fault(due);
    }
  }

  private mustBeOpen(): void {
    if (this.phase !== 'open') {
      throw new UsageError('SEND_AFTER_CLOSE', 'the connection is closing or closed');
    }
  }
}
