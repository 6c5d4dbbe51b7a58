/**
 * What is awaited from the peer, and until when (RFC 6455 §5.5.2, §7.1.1, §10.4).
 * In: what was heard and sent, and the time. Out: what to do now: ping, close, or a fault. Sends nothing itself.
 * Deadlines are lazy: hearing a byte only notes the time, and a deadline that finds it moves on by itself.
 */
import { copyOf, equal } from '../ground/bytes.ts';
import { Deadlines } from '../ground/deadlines.ts';
import type { Fault } from './closing.ts';
import { faults } from './faults.ts';
import type { LimitOptions, TimingOptions } from './options.ts';

type Name = 'ping' | 'pong' | 'stall' | 'idle' | 'progress' | 'close';
const unset: Readonly<Record<Name, undefined>> = {
  ping: undefined,
  pong: undefined,
  stall: undefined,
  idle: undefined,
  progress: undefined,
  close: undefined,
};

/** Of a link that is taken to be slow, and to be there. */
const slowBytesPerMs = 65_536 / 1_000;

export class KeepAlive {
  private readonly options: Required<LimitOptions & TimingOptions>;
  private readonly deadlines: Deadlines<Name> = new Deadlines(unset);
  private heardMs: number;
  private receivedBytes = 0;
  /** `receivedBytes` when our own ping left: anything more is an answer, however late it is looked for. */
  private askedAfter = 0;
  private progressFrom = 0;
  private saidBytes = 0;
  /** `saidBytes` when the peer was heard last: what came after it may still be on its way. */
  private saidBefore = 0;
  /** No answer means nothing before; it is looked for all the same, so that the next ping comes in time. */
  private patientUntilMs = 0;
  private wasActive = false;
  private pinged: { readonly payload: Uint8Array; readonly atMs: number } | undefined;

  constructor(options: Required<LimitOptions & TimingOptions>, nowMs: number) {
    this.options = options;
    this.heardMs = nowMs;
    this.deadlines.set('ping', nowMs + options.pingAfterMs);
    this.deadlines.set('idle', nowMs + options.idleMs);
  }

  get earliestMs(): number {
    return this.deadlines.earliestMs;
  }

  /** Bytes came. Any byte is a sign of life (a pong may be stuck behind a large upload). */
  heard(bytes: number, nowMs: number): void {
    this.heardMs = nowMs;
    this.receivedBytes += bytes;
    this.saidBefore = this.saidBytes;
  }

  /** A message was received. */
  active(): void {
    this.wasActive = true;
  }

  /** A message was sent: so many bytes of payload, about. */
  said(bytes: number): void {
    this.wasActive = true;
    this.saidBytes += bytes;
  }

  /** Whether a message, frame or header is under way that the peer must go on with. */
  progress(isMidway: boolean, nowMs: number): void {
    if (isMidway === this.deadlines.isSet('progress') || this.options.minBytesPerSecond === 0) {
      return;
    }
    if (isMidway) {
      this.progressFrom = this.receivedBytes;
      this.deadlines.set('progress', nowMs + this.options.progressWindowMs);
    } else {
      this.deadlines.clear('progress');
    }
  }

  /** A ping with this payload was sent. Only the latest is timed. */
  ping(payload: Uint8Array, nowMs: number): void {
    this.pinged = { payload: copyOf(payload), atMs: nowMs };
  }

  /** A pong came. Gives the round-trip time in milliseconds when it answers the latest ping. */
  pong(payload: Uint8Array, nowMs: number): number | undefined {
    const { pinged } = this;
    if (pinged === undefined || !equal(pinged.payload, payload)) {
      return undefined;
    }
    this.pinged = undefined;
    return nowMs - pinged.atMs;
  }

  /** Our own ping left: any byte within `pongWithinMs` will do. */
  awaitPong(nowMs: number): void {
    this.askedAfter = this.receivedBytes;
    this.deadlines.clear('ping');
    this.beginWait(nowMs);
  }

  /** The transport took bytes that were waiting. Our ping may have been among them: its time begins now. */
  drained(nowMs: number): void {
    this.deadlines.clear('stall');
    if (this.deadlines.isSet('pong')) {
      this.beginWait(nowMs);
    }
  }

  /** Nobody reads, so nobody can be found silent, slow or idle. */
  suspend(): void {
    this.deadlines.clear('ping');
    this.deadlines.clear('pong');
    this.deadlines.clear('progress');
    this.deadlines.clear('idle');
  }

  resume(nowMs: number): void {
    this.heardMs = nowMs;
    this.deadlines.set('ping', nowMs + this.options.pingAfterMs);
    this.deadlines.set('idle', nowMs + this.options.idleMs);
  }

  /** From here on only the end is awaited. */
  awaitClose(nowMs: number): void {
    this.deadlines.clearAll();
    this.deadlines.set('close', nowMs + this.options.closeWithinMs);
  }

  end(): void {
    this.deadlines.clearAll();
    this.pinged = undefined;
  }

  /**
   * What the passing of time asks for. `isBlocked`: our own bytes wait for the peer to read.
   * Gives a fault, `ping` when a ping is to be sent, or nothing.
   */
  expire(nowMs: number, isBlocked: boolean): Fault | 'ping' | undefined {
    if (this.deadlines.isDue('close', nowMs)) {
      this.deadlines.clearAll();
      return faults.CLOSE_UNANSWERED;
    }
    if (this.deadlines.isDue('stall', nowMs)) {
      if (isBlocked) {
        return faults.READS_TOO_SLOWLY;
      }
      this.deadlines.clear('stall');
    }
    if (this.deadlines.isDue('progress', nowMs) && this.isTooSlow(nowMs)) {
      return faults.MESSAGE_TOO_SLOW;
    }
    if (this.deadlines.isDue('idle', nowMs) && this.isIdle(nowMs)) {
      return faults.IDLE_TOO_LONG;
    }
    if (this.deadlines.isDue('pong', nowMs) && this.isSilent(nowMs, isBlocked)) {
      return faults.PONG_MISSING;
    }
    return this.deadlines.isDue('ping', nowMs) && this.wantsPing(nowMs) ? 'ping' : undefined;
  }

  /** The system, and proxies, take a large upload long before it has arrived, and our ping stands behind it. */
  private beginWait(nowMs: number): void {
    const { pongWithinMs, stalledMs } = this.options;
    const aheadMs = Math.floor((this.saidBytes - this.saidBefore) / slowBytesPerMs);
    this.patientUntilMs = nowMs + pongWithinMs + Math.min(aheadMs, stalledMs);
    this.deadlines.set('pong', nowMs + pongWithinMs);
  }

  private wantsPing(nowMs: number): boolean {
    const dueMs = this.heardMs + this.options.pingAfterMs;
    if (dueMs > nowMs) {
      this.deadlines.set('ping', dueMs);
      return false;
    }
    return true;
  }

  private isSilent(nowMs: number, isBlocked: boolean): boolean {
    const { pingAfterMs, pongWithinMs, stalledMs } = this.options;
    if (this.receivedBytes !== this.askedAfter) {
      this.deadlines.clear('pong');
      this.deadlines.set('ping', this.heardMs + pingAfterMs);
      return false;
    }
    if (isBlocked) {
      // Our ping waits behind what the peer has not read yet: no answer means nothing, no progress does.
      this.deadlines.set('pong', nowMs + pongWithinMs);
      if (!this.deadlines.isSet('stall')) {
        this.deadlines.set('stall', nowMs + stalledMs);
      }
      return false;
    }
    if (nowMs < this.patientUntilMs) {
      this.deadlines.set('pong', Math.min(nowMs + pongWithinMs, this.patientUntilMs));
      return false;
    }
    return true;
  }

  private isTooSlow(nowMs: number): boolean {
    const { minBytesPerSecond, progressWindowMs } = this.options;
    const received = this.receivedBytes - this.progressFrom;
    this.progressFrom = this.receivedBytes;
    this.deadlines.set('progress', nowMs + progressWindowMs);
    return received < (minBytesPerSecond * progressWindowMs) / 1000;
  }

  /** Messages are not stamped with the time, only noted: idleness is found between `idleMs` and twice that. */
  private isIdle(nowMs: number): boolean {
    const { idleMs } = this.options;
    if (this.wasActive) {
      this.wasActive = false;
      this.deadlines.set('idle', nowMs + idleMs);
      return false;
    }
    return true;
  }
}
