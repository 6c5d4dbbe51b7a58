/**
 * How a connection comes to its end: the closing handshake, faults, and what is told of them (RFC 6455 §7).
 * In: what we and the peer do to end it. Out: the phase; a Close frame where one is owed; calls on the sink. Cannot fail.
 * Any call on the sink may end the transport at once: after `closed` nothing is told.
 */
import { readCloseBody, writeCloseBody } from './close-body.ts';
import { type Closing, closing, type Fault, type Phase, type Step } from './closing.ts';
import { faults } from './faults.ts';
import * as opcode from './frame/opcode.ts';
import type { KeepAlive } from './keep-alive.ts';
import type { Manners } from './manners.ts';
import type { TextPort } from './message/text.ts';
import type { Receiver } from './receive.ts';
import type { Sender } from './send.ts';
import type { ConnectionSink, Role } from './sink.ts';

/** The parts of a connection that its end concerns. */
export interface Parts {
  readonly role: Role;
  readonly sink: ConnectionSink;
  readonly text: TextPort;
  readonly sender: Sender;
  readonly receiver: Receiver;
  readonly keepAlive: KeepAlive;
  readonly manners: Required<Manners>;
}

export class Ending {
  phase: Phase = 'open';
  /** What will be told with `closed`, as far as it is known. */
  why: Closing | undefined;
  // Not the one object that held them: an idle connection does without.
  private readonly role: Role;
  private readonly sink: ConnectionSink;
  private readonly text: TextPort;
  private readonly sender: Sender;
  private readonly receiver: Receiver;
  private readonly keepAlive: KeepAlive;
  private readonly manners: Required<Manners>;
  /** The code of a Close frame that may not travel. */
  refusedCode: number | undefined;

  constructor({ role, sink, text, sender, receiver, keepAlive, manners }: Parts) {
    this.role = role;
    this.sink = sink;
    this.text = text;
    this.sender = sender;
    this.receiver = receiver;
    this.keepAlive = keepAlive;
    this.manners = manners;
  }

  /** Whether bytes of the peer still mean something. */
  get listens(): boolean {
    return this.phase === 'open' || this.phase === 'closeSent';
  }

  /** §7.1.2. `body` is from `writeCloseBody`. */
  close(body: Uint8Array, nowMs: number): void {
    const { sink, sender, keepAlive } = this;
    if (this.step('sendClose')) {
      sender.control(opcode.close, body);
      keepAlive.awaitClose(nowMs);
      sink.closing();
    }
  }

  /** §7.1.7 */
  fault(fault: Fault, nowMs: number): void {
    const { sink, sender, text } = this;
    const wasOpen = this.phase === 'open';
    if (!this.step('fail')) {
      return;
    }
    this.why = closedBy(fault);
    this.hearNoMore(nowMs);
    sender.drop();
    if (wasOpen) {
      if (fault.closeCode !== 1006) {
        sender.control(opcode.close, writeCloseBody(fault.closeCode, fault.message, text));
      }
      sink.closing();
    }
    if (fault.closeCode === 1006) {
      this.abort();
    } else {
      this.shut();
    }
  }

  /** §5.5.1, §7.1.3 to §7.1.6 */
  receiveClose(bytes: Uint8Array, start: number, end: number, nowMs: number): void {
    const { role, sink, sender, text, manners } = this;
    const said = readCloseBody(bytes, start, end, text);
    if ('closeCode' in said) {
      if (said === faults.CLOSE_CODE_INVALID) {
        this.refusedCode = (bytes[start]! << 8) | bytes[start + 1]!;
      }
      this.fault(said, nowMs);
      return;
    }
    const wasOpen = this.phase === 'open';
    this.why = { ...said, clean: true, fault: undefined };
    this.step('receiveClose');
    this.hearNoMore(nowMs);
    if (wasOpen) {
      // §5.5.1: "the endpoint typically echos the status code it received". The reason too: browsers tell their application
      // what the last Close frame that they received says, be it an echo.
      sender.control(opcode.close, bytes.subarray(start, end));
      sink.closing();
    }
    if (role === 'server' || manners.endsFirst) {
      // §7.1.1: the server ends the transport; the client waits for it, and for no longer than the deadline.
      this.shut();
    }
  }

  /** The peer will send no more: what we owe may still leave. */
  endOfInput(nowMs: number): void {
    const wasOpen = this.phase === 'open';
    if (this.step('fail')) {
      this.hearNoMore(nowMs);
      if (wasOpen) {
        this.sink.closing();
      }
    }
    // Whatever came before: there is nothing left to wait for.
    this.shut();
  }

  /** The time for it is over (§7.1.1). */
  giveUp(): void {
    this.why ??= closedBy(faults.CLOSE_UNANSWERED);
    this.abort();
  }

  /** The transport has ended. §7.1.5: 1006 when there was no Close frame. */
  end(): void {
    const { sink, sender, receiver, keepAlive } = this;
    const wasOpen = this.phase === 'open';
    if (!this.step('end')) {
      return;
    }
    receiver.end();
    sender.drop();
    keepAlive.end();
    if (wasOpen) {
      sink.closing();
    }
    sink.closed(this.why ?? { code: 1006, reason: '', clean: false, fault: undefined });
  }

  private hearNoMore(nowMs: number): void {
    this.receiver.end();
    this.keepAlive.awaitClose(nowMs);
  }

  /** Behind what is still being compressed. */
  private shut(): void {
    this.sender.afterwards(() => {
      if (this.phase !== 'gone') {
        this.sink.shut();
      }
    });
  }

  private abort(): void {
    if (this.phase !== 'gone') {
      this.sink.abort();
    }
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
