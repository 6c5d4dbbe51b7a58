/**
 * A sink that writes down what a connection tells, and keeps what it owes its peer.
 * In: calls of a connection. Out: a log, and the output. Cannot fail.
 */
import type { Closing, ConnectionSink } from '../src/protocol/index.ts';
import { kinds, Log } from './log.ts';

export class Recorder implements ConnectionSink {
  buffer: Uint8Array = new Uint8Array(1024);
  isBlocked = false;
  /** Everything, in order. */
  readonly log: Log = new Log();
  closings = 0;
  ends = 0;
  why: Closing | undefined;
  /** Called after each event that an application would see; what it does counts as done inside the call. */
  whenTold: (kind: number) => void = ignore;
  private outputLength = 0;

  clear(): void {
    this.log.clear();
    this.isBlocked = false;
    this.closings = 0;
    this.ends = 0;
    this.why = undefined;
    this.whenTold = ignore;
    this.outputLength = 0;
  }

  /** The bytes that were put out so far. */
  get output(): Uint8Array {
    return this.buffer.subarray(0, this.outputLength);
  }

  reserve(bytes: number): number {
    const at = this.outputLength;
    this.outputLength += bytes;
    if (this.outputLength > this.buffer.length) {
      const grown = new Uint8Array(this.outputLength * 2);
      grown.set(this.buffer.subarray(0, at));
      this.buffer = grown;
    }
    this.log.note(kinds.owed);
    return at;
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
  }

  message(bytes: Uint8Array, start: number, end: number, text: boolean): void {
    this.hear(text ? kinds.text : kinds.binary, bytes, start, end);
  }

  /** Nobody here receives in pieces. */
  piece(): void {
    this.tell(kinds.binary);
  }

  ping(bytes: Uint8Array, start: number, end: number): void {
    this.hear(kinds.ping, bytes, start, end);
  }

  pong(bytes: Uint8Array, start: number, end: number): void {
    this.hear(kinds.pong, bytes, start, end);
  }

  closing(): void {
    this.closings += 1;
    this.tell(kinds.closing);
  }

  shut(): void {
    this.tell(kinds.shut);
  }

  abort(): void {
    this.tell(kinds.abort);
  }

  closed(why: Closing): void {
    this.ends += 1;
    this.why = why;
    // The words of a fault are ours; the reason counts only where the peer gave it.
    const reason = why.fault === undefined ? Buffer.from(why.reason) : noBytes;
    this.log.note(kinds.closed, why.code * 2 + (why.clean ? 1 : 0), reason);
    this.whenTold(kinds.closed);
  }

  private hear(kind: number, bytes: Uint8Array, start: number, end: number): void {
    this.log.note(kind, 0, bytes, start, end);
    this.whenTold(kind);
  }

  private tell(kind: number): void {
    this.log.note(kind);
    this.whenTold(kind);
  }
}

const noBytes: Uint8Array = new Uint8Array(0);

function ignore(): void {}
