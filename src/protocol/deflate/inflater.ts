/**
 * Compressed messages on their way in (RFC 7692 §7.2.2).
 * In: whole payloads. Out: the messages in them, in order, to the host. Fails: `host.fault`; nothing is told after it.
 * Small ones are done at once. Large ones, and small ones that turn out to hold much, are done elsewhere: no message of a peer may
 * keep all the others waiting. Meanwhile the host tells nothing else.
 */
import type { Fault } from '../closing.ts';
import { faults } from '../faults.ts';
import type { TextPort } from '../message/text.ts';
import type { Cancel, Compression, Inflated } from './codec.ts';
import { Window } from './window.ts';

/** Most bytes that are made at once: what takes a processor some tenths of a millisecond. */
const atOnceBytes = 256 * 1024;
/** What any message may become, whatever the ratio. */
const freeBytes = 64 * 1024;

type Failure = Exclude<Inflated, Uint8Array>;
const faultsOf: Readonly<Record<Failure, Fault>> = {
  tooBig: faults.MESSAGE_TOO_BIG,
  tooMany: faults.TOO_MANY_FRAGMENTS,
  corrupt: faults.DEFLATE_INVALID,
  failed: faults.INFLATE_FAILED,
};

export interface InflaterHost {
  data(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void;
  fault(fault: Fault): void;
  /** The late answer is here: call `tell` when it may be told. */
  inflated(nowMs: number): void;
}

export class Inflater {
  /** A message is done elsewhere. */
  isBusy = false;

  private readonly compression: Compression;
  private readonly maxMessageBytes: number;
  private readonly port: TextPort;
  private readonly host: InflaterHost;
  private readonly window: Window | undefined;
  private cancel: Cancel | undefined;
  private hasEnded = false;
  /** The late answer that was not told yet. */
  private answer: { readonly inflated: Inflated; readonly most: number } | undefined;
  private isText = false;

  constructor(
    compression: Compression,
    maxMessageBytes: number,
    port: TextPort,
    host: InflaterHost,
  ) {
    const { receiveContextTakeover, receiveWindowBits } = compression.agreed;
    this.compression = compression;
    this.maxMessageBytes = maxMessageBytes;
    this.port = port;
    this.host = host;
    this.window = receiveContextTakeover ? new Window(receiveWindowBits) : undefined;
  }

  /** A message has come that was not told yet. */
  get isHolding(): boolean {
    return this.isBusy || this.answer !== undefined;
  }

  /** A whole payload. When `isBusy` afterwards, the next may come only after `tell`. */
  take(bytes: Uint8Array, start: number, end: number, text: boolean, owned: boolean): void {
    const { codec, tuning } = this.compression;
    const length = end - start;
    const most = Math.min(this.maxMessageBytes, Math.max(freeBytes, length * tuning.maxRatio));
    this.isText = text;
    if (length < tuning.offloadBytes) {
      const atOnce = Math.min(most, atOnceBytes);
      const inflated = codec.inflate(bytes.subarray(start, end), atOnce, this.window?.view);
      const isTooMuchWork = inflated === 'tooMany' || (inflated === 'tooBig' && atOnce < most);
      if (!isTooMuchWork) {
        this.settle(inflated, most);
        return;
      }
    }
    this.isBusy = true;
    this.compression.wait();
    const payload = owned ? bytes.subarray(start, end) : bytes.slice(start, end);
    this.cancel = codec.inflateLater(payload, most, this.window?.view, (inflated) =>
      this.answered(inflated, most),
    );
  }

  /** Tells the late answer, if there is one. */
  tell(): void {
    const { answer } = this;
    if (answer !== undefined) {
      this.answer = undefined;
      this.settle(answer.inflated, answer.most);
    }
  }

  /** Nobody listens any more: a late answer is let go of. */
  end(): void {
    this.hasEnded = true;
    this.isBusy = false;
    this.answer = undefined;
    this.cancel?.();
    this.cancel = undefined;
  }

  private answered(inflated: Inflated, most: number): void {
    if (this.hasEnded) {
      return;
    }
    this.compression.turn((nowMs) => {
      this.isBusy = false;
      this.cancel = undefined;
      this.answer = { inflated, most };
      this.host.inflated(nowMs);
    });
  }

  private settle(inflated: Inflated, most: number): void {
    if (typeof inflated === 'string') {
      this.host.fault(this.faultOf(inflated, most));
      return;
    }
    // §8.1 of RFC 6455 speaks of the message, and only here it is.
    if (this.isText && !this.port.isValid(inflated, 0, inflated.length)) {
      this.host.fault(faults.INVALID_UTF8);
      return;
    }
    this.window?.add(inflated);
    // A short message may stand in a long array, which is not worth keeping for it.
    const isFull = inflated.length * 2 >= inflated.buffer.byteLength;
    this.host.data(inflated, 0, inflated.length, this.isText, isFull);
  }

  private faultOf(failure: Failure, most: number): Fault {
    const isByRatio = failure === 'tooBig' && most < this.maxMessageBytes;
    return isByRatio ? faults.RATIO_TOO_HIGH : faultsOf[failure];
  }
}
