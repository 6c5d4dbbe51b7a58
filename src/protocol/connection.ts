/**
 * An open WebSocket connection, for one peer, in either role (RFC 6455 §5 to §7).
 * In: the peer's bytes, the application's messages, and the time. Out: calls on a sink, in order, during the call that
 * caused them; bytes go to the sink's output. Touches no socket and no timer. What the peer does wrong is told as a
 * closing with a fault; what the caller does wrong is thrown.
 */
import { mayTravel } from './close-codes.ts';
import { type Closing, closing, type Fault, type Phase, type Step } from './closing.ts';
import { faults } from './faults.ts';
import { firstByte, type Output, writeFrame, writeTextFrame } from './frame/encode.ts';
import { type MaskKeys, platformKeys } from './frame/mask-keys.ts';
import * as opcode from './frame/opcode.ts';
import type { PreparedMessage } from './frame/prepared.ts';
import { KeepAlive } from './keep-alive.ts';
import { pureText, type TextPort } from './message/text.ts';
import type { ConnectionOptions } from './options.ts';
import { type Inbox, Receiver } from './receive.ts';
import { UsageError } from './usage-error.ts';

export type Role = 'server' | 'client';

/** What an open connection tells the outside, and where it puts what it owes the peer. */
export interface ConnectionSink extends Output {
  /** A whole message; text is valid UTF-8. The range is good during the call only, unless `owned`: then it is yours. */
  message(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  /** A ping came; its pong is taken care of. Good during the call only. */
  ping(bytes: Uint8Array, start: number, end: number): void;
  /** A pong came. `roundTripMs` when it answers the latest ping. Good during the call only. */
  pong(bytes: Uint8Array, start: number, end: number, roundTripMs: number | undefined): void;
  /** The phase is no longer `open`: nothing more can be sent. */
  closing(): void;
  /** Everything is said: let what is owed leave, then end the transport, and report it with `end`. */
  shut(): void;
  /** The peer is not to be waited for: cut the transport now, and report it with `end`. */
  abort(): void;
  /** It is over. Told exactly once, from `end`. */
  closed(why: Closing): void;
}

/** What a connection takes from the platform it runs on. Each has a default that runs everywhere. */
export interface ConnectionPorts {
  readonly text?: TextPort;
  readonly keys?: MaskKeys;
}

/** Most bytes that may arrive while a connection is suspended. */
const maxHeldBytes = 1024 * 1024;
const noBytes: Uint8Array = new Uint8Array(0);

export class Connection implements Inbox {
  readonly role: Role;
  phase: Phase = 'open';
  isSuspended = false;

  private readonly sink: ConnectionSink;
  private readonly port: TextPort;
  private readonly keys: MaskKeys | undefined;
  private readonly receiver: Receiver;
  private readonly keepAlive: KeepAlive;
  private why: Closing | undefined;
  private nowMs: number;
  private owedPong: Uint8Array | undefined;
  private sendsFragments = false;

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
    this.port = ports.text ?? pureText;
    this.keys = role === 'client' ? (ports.keys ?? platformKeys) : undefined;
    this.receiver = new Receiver(role === 'server', options, this.port, this);
    this.nowMs = nowMs;
    this.keepAlive = new KeepAlive(options, nowMs);
  }

  /** When `expire` wants to be called, if nothing else happens before; `Infinity` when never. Calling early is harmless. */
  get deadlineMs(): number {
    return this.keepAlive.earliestMs;
  }

  /** Bytes that came while suspended and wait. */
  get heldBytes(): number {
    return this.receiver.heldBytes;
  }

  /**
   * Takes bytes from the peer. The chunk is unmasked in place, and nothing of it is kept.
   * @throws {UsageError} `RECEIVE_WHILE_SUSPENDED` when over 1 MiB came since `suspend`: stop reading meanwhile.
   */
  receive(chunk: Uint8Array, nowMs: number): void {
    this.nowMs = nowMs;
    this.keepAlive.heard(chunk.length, nowMs);
    if (!this.listens) {
      return;
    }
    if (this.isSuspended && this.receiver.heldBytes + chunk.length > maxHeldBytes) {
      throw new UsageError(
        'RECEIVE_WHILE_SUSPENDED',
        'stop reading while a connection is suspended',
      );
    }
    this.receiver.read(chunk);
    this.keepAlive.progress(this.receiver.isMidway && this.listens, nowMs);
  }

  /**
   * Tells no more until `resume`, from the next message on; also from inside a call on the sink. For work that is done
   * elsewhere before the next message may be told, and for an application that is busy.
   */
  suspend(): void {
    this.isSuspended = true;
    this.receiver.stop();
    if (this.phase === 'open') {
      this.keepAlive.suspend();
    }
  }

  resume(nowMs: number): void {
    if (!this.isSuspended) {
      return;
    }
    this.isSuspended = false;
    this.nowMs = nowMs;
    if (this.phase === 'open') {
      this.keepAlive.resume(nowMs);
    }
    if (this.listens) {
      this.receiver.resume();
      this.keepAlive.progress(this.receiver.isMidway && this.listens, nowMs);
    }
  }

  /** @throws {UsageError} `SEND_AFTER_CLOSE` unless `phase` is `open`. */
  sendText(payload: string): void {
    this.prepareToSend();
    writeTextFrame(this.sink, firstByte(opcode.text, true), payload, this.port, this.keys?.next());
  }

  /**
   * A server's payload of 16 KiB and more is kept by reference until it has left: do not change it before.
   * @throws {UsageError} `SEND_AFTER_CLOSE` unless `phase` is `open`.
   */
  sendBytes(payload: Uint8Array, text = false): void {
    this.prepareToSend();
    const first = firstByte(text ? opcode.text : opcode.binary, true);
    writeFrame(this.sink, first, payload, this.keys?.next());
  }

  /** @throws {UsageError} `SEND_AFTER_CLOSE` unless `phase` is `open`. */
  sendPrepared(message: PreparedMessage): void {
    if (this.keys !== undefined) {
      this.sendBytes(message.payload, message.text);
      return;
    }
    this.prepareToSend();
    this.sink.append(message.frame);
  }

  /**
   * One frame of a message that is sent in several (§5.4). Control frames may go between them, other messages may not.
   * @throws {UsageError} `FRAGMENT_OUT_OF_ORDER` when `first` does not fit what went before; `SEND_AFTER_CLOSE`.
   */
  sendFragment(
    payload: Uint8Array,
    { first, last, text }: { first: boolean; last: boolean; text: boolean },
  ): void {
    this.mustBeOpen();
    if (first === this.sendsFragments) {
      throw new UsageError(
        'FRAGMENT_OUT_OF_ORDER',
        'the first fragment begins a message, the last ends it',
      );
    }
    this.sendsFragments = !last;
    this.keepAlive.active();
    const kind = first ? (text ? opcode.text : opcode.binary) : opcode.continuation;
    writeFrame(this.sink, firstByte(kind, last), payload, this.keys?.next());
  }

  /**
   * Sends a ping; the pong that answers it comes with the round-trip time.
   * @throws {UsageError} `CONTROL_TOO_LONG` above 125 bytes; `SEND_AFTER_CLOSE`.
   */
  ping(payload: Uint8Array, nowMs: number): void {
    this.mustBeOpen();
    this.nowMs = nowMs;
    this.sendControl(opcode.ping, payload);
    this.keepAlive.ping(payload, nowMs);
  }

  /** An unasked pong (§5.5.3). @throws {UsageError} As `ping`. */
  pong(payload: Uint8Array): void {
    this.mustBeOpen();
    this.sendControl(opcode.pong, payload);
  }

  /**
   * Begins the closing handshake (§7.1.2); does nothing when it has begun already.
   * @param code One that may travel (`mayTravel`), or undefined for a Close frame without a body.
   * @throws {UsageError} `CLOSE_CODE_INVALID`, `CLOSE_REASON_TOO_LONG` (above 123 bytes of UTF-8).
   */
  close(code: number | undefined, reason: string, nowMs: number): void {
    const body = closeBody(code, reason, this.port);
    this.nowMs = nowMs;
    if (this.step('sendClose')) {
      this.sendControl(opcode.close, body);
      this.keepAlive.awaitClose(nowMs);
      this.sink.closing();
    }
  }

  /** The application holds that the peer must go, for example because it reads too slowly. */
  failWith(fault: Fault, nowMs: number): void {
    this.nowMs = nowMs;
    this.fault(fault);
  }

  /** Some or all of what was blocked has left: the peer takes bytes, and the pong that waited may go. */
  drained(nowMs: number): void {
    this.nowMs = nowMs;
    this.keepAlive.drained();
    const pong = this.owedPong;
    if (pong !== undefined && !this.sink.isBlocked && this.phase === 'open') {
      this.owedPong = undefined;
      this.sendControl(opcode.pong, pong);
    }
  }

  /** The peer will send no more, and said no goodbye: what we owe may still leave (§7.1.5: 1006). */
  endOfInput(nowMs: number): void {
    this.nowMs = nowMs;
    const wasOpen = this.phase === 'open';
    if (this.step('fail')) {
      this.receiver.end();
      this.keepAlive.awaitClose(nowMs);
      if (wasOpen) {
        this.sink.closing();
      }
    }
    // Whatever came before: there is nothing left to wait for.
    this.sink.shut();
  }

  /** The transport has ended, by whomever. */
  end(nowMs: number): void {
    this.nowMs = nowMs;
    const wasOpen = this.phase === 'open';
    if (!this.step('end')) {
      return;
    }
    this.receiver.end();
    this.keepAlive.end();
    this.owedPong = undefined;
    if (wasOpen) {
      this.sink.closing();
    }
    this.sink.closed(this.why ?? { code: 1006, reason: '', clean: false, fault: undefined });
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
      this.why ??= closedBy(due);
      this.sink.abort();
    } else if (due !== undefined) {
      this.fault(due);
    }
  }

  /** @internal From the receiver. */
  data(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    this.keepAlive.active();
    this.sink.message(bytes, start, end, text, owned);
  }

  /** @internal From the receiver. */
  control(kind: number, bytes: Uint8Array, start: number, end: number): void {
    if (kind === opcode.close) {
      this.receiveClose(bytes, start, end);
    } else if (kind === opcode.ping) {
      this.answerPing(bytes, start, end);
      this.sink.ping(bytes, start, end);
    } else {
      const roundTripMs = this.keepAlive.pong(bytes.subarray(start, end), this.nowMs);
      this.sink.pong(bytes, start, end, roundTripMs);
    }
  }

  /** @internal From the receiver, and from what time or the application finds. §7.1.7 */
  fault(fault: Fault): void {
    const wasOpen = this.phase === 'open';
    if (!this.step('fail')) {
      return;
    }
    this.receiver.end();
    this.why = closedBy(fault);
    this.keepAlive.awaitClose(this.nowMs);
    if (wasOpen) {
      if (fault.closeCode !== 1006) {
        this.sendControl(opcode.close, closeBody(fault.closeCode, fault.message, this.port));
      }
      this.sink.closing();
    }
    if (fault.closeCode === 1006) {
      this.sink.abort();
    } else {
      this.sink.shut();
    }
  }

  /** §5.5.2, §5.5.3: a reader gets every pong; while nothing leaves, only the latest is kept. */
  private answerPing(bytes: Uint8Array, start: number, end: number): void {
    if (this.phase !== 'open') {
      return;
    }
    if (this.sink.isBlocked) {
      this.owedPong = bytes.slice(start, end);
    } else {
      this.sendControl(opcode.pong, bytes.subarray(start, end));
    }
  }

  /** §5.5.1, §7.1.3 to §7.1.6 */
  private receiveClose(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length === 1) {
      this.fault(faults.CLOSE_TOO_SHORT);
      return;
    }
    const code = length === 0 ? 1005 : (bytes[start]! << 8) | bytes[start + 1]!;
    if (length > 0 && !mayTravel(code)) {
      this.fault(faults.CLOSE_CODE_INVALID);
      return;
    }
    if (length > 2 && !this.port.isValid(bytes, start + 2, end)) {
      this.fault(faults.CLOSE_REASON_INVALID);
      return;
    }
    const reason = length > 2 ? this.port.decode(bytes, start + 2, end) : '';
    const wasOpen = this.phase === 'open';
    this.why = { code, reason, clean: true, fault: undefined };
    this.step('receiveClose');
    this.receiver.end();
    this.keepAlive.awaitClose(this.nowMs);
    if (wasOpen) {
      // §5.5.1: "the endpoint typically echos the status code it received".
      this.sendControl(opcode.close, bytes.subarray(start, start + Math.min(length, 2)));
      this.sink.closing();
    }
    if (this.role === 'server') {
      // §7.1.1: the server ends the transport; the client waits for it, and for no longer than the deadline.
      this.sink.shut();
    }
  }

  private sendControl(kind: number, payload: Uint8Array): void {
    if (payload.length > 125) {
      throw new UsageError('CONTROL_TOO_LONG', 'a control frame may carry 125 bytes at most');
    }
    writeFrame(this.sink, firstByte(kind, true), payload, this.keys?.next());
  }

  private mustBeOpen(): void {
    if (this.phase !== 'open') {
      throw new UsageError('SEND_AFTER_CLOSE', 'the connection is closing or closed');
    }
  }

  private prepareToSend(): void {
    this.mustBeOpen();
    if (this.sendsFragments) {
      throw new UsageError(
        'FRAGMENT_OUT_OF_ORDER',
        'a message is being sent in fragments; end it first',
      );
    }
    this.keepAlive.active();
  }

  /** Whether bytes of the peer still mean something. */
  private get listens(): boolean {
    return this.phase === 'open' || this.phase === 'closeSent';
  }

  private step(step: Step): boolean {
    const next = closing[this.phase][step];
    if (next === undefined) {
      return false;
    }
    this.phase = next;
    return true;
  }
}

function closedBy(fault: Fault): Closing {
  return { code: fault.closeCode, reason: fault.message, clean: false, fault };
}

function closeBody(code: number | undefined, reason: string, port: TextPort): Uint8Array {
  if (code === undefined) {
    if (reason !== '') {
      throw new UsageError('CLOSE_CODE_INVALID', 'a close reason needs a code');
    }
    return noBytes;
  }
  if (!mayTravel(code)) {
    throw new UsageError(
      'CLOSE_CODE_INVALID',
      `${code} must not be sent; use 1000, or 3000 to 4999`,
    );
  }
  const length = port.byteLength(reason);
  if (length > 123) {
    throw new UsageError('CLOSE_REASON_TOO_LONG', `${length} bytes of reason, 123 is the most`);
  }
  const body = new Uint8Array(2 + length);
  body[0] = code >>> 8;
  body[1] = code & 0xff;
  port.write(reason, body, 2, length);
  return body;
}
