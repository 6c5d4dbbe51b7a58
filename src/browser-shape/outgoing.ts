/**
 * What a page has sent: in order, though a Blob is read later than it is sent, and counted to the byte.
 * In: messages, and a Close to come behind them. Out: calls on a websocket, and the amount that has not left. Fails: a Blob that
 * cannot be read, and more than may wait, are handed to `fail`.
 */
import type { Websocket } from '../endpoint/index.ts';
import type { CloseWords } from './close-info.ts';
import type { Data } from './conversions.ts';

/** A message under way: its payload, and where its frame ends in all that the websocket was given. */
interface Flight {
  readonly bytes: number;
  readonly end: number;
}

export class Outgoing {
  private readonly maxBufferedBytes: number;
  private readonly fail: (error: Error) => void;
  private websocket: Websocket | undefined;
  /** Behind a Blob that is being read, which is the first. */
  private waiting: Data[] = [];
  private waitingBytes = 0;
  private flights: Flight[] = [];
  private flightBytes = 0;
  /** Given too late, or lost with the connection: these stay in the amount. */
  private lostBytes = 0;
  /** The amount as the running task knows it: it grows, and shrinks between tasks only. */
  private amount = 0;
  private isHeld = false;
  private goodbye: CloseWords | undefined;

  constructor(maxBufferedBytes: number, fail: (error: Error) => void) {
    this.maxBufferedBytes = maxBufferedBytes;
    this.fail = fail;
  }

  open(websocket: Websocket): void {
    this.websocket = websocket;
  }

  /** Bytes of payload. https://websockets.spec.whatwg.org/#dom-websocket-bufferedamount */
  get bufferedAmount(): number {
    if (!this.isHeld) {
      this.amount = this.count();
    }
    return this.amount;
  }

  /** @param isTooLate The closing handshake has begun: the message is counted, and goes nowhere. */
  send(data: Data, isTooLate: boolean): void {
    const bytes = sizeOf(data);
    this.hold();
    this.amount += bytes;
    if (isTooLate) {
      this.lostBytes += bytes;
    } else if (this.waiting.length === 0 && !(data instanceof Blob)) {
      this.pass(data, bytes);
    } else {
      this.wait(data, bytes);
    }
  }

  /** Closes when all that was sent before has been handed on. */
  close(words: CloseWords): void {
    this.goodbye = words;
    if (this.waiting.length === 0) {
      void this.websocket?.close(words.code, words.reason);
    }
  }

  /** Nothing leaves any more; what did not stays in the amount. */
  end(): void {
    this.lostBytes = this.count();
    this.flights = [];
    this.waiting = [];
    this.flightBytes = 0;
    this.waitingBytes = 0;
    this.websocket = undefined;
  }

  private wait(data: Data, bytes: number): void {
    this.waitingBytes += bytes;
    if (this.waitingBytes + (this.websocket?.bufferedBytes ?? 0) > this.maxBufferedBytes) {
      this.waitingBytes -= bytes;
      this.lostBytes += bytes;
      this.fail(new Error(`more than ${this.maxBufferedBytes} bytes wait to be sent`));
      return;
    }
    // The page may change its bytes as soon as `send` has returned.
    this.waiting.push(data instanceof Uint8Array ? data.slice() : data);
    if (this.waiting.length === 1) {
      void this.passWaiting();
    }
  }

  private async passWaiting(): Promise<void> {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const data = next instanceof Blob ? await this.read(next) : next;
      // Meanwhile it may have ended.
      if (data === undefined || this.waiting.shift() === undefined) {
        return;
      }
      const bytes = sizeOf(data);
      this.waitingBytes -= bytes;
      this.pass(data, bytes);
    }
    if (this.goodbye !== undefined) {
      this.close(this.goodbye);
    }
  }

  private async read(blob: Blob): Promise<Uint8Array | undefined> {
    try {
      return new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      this.fail(error as Error);
      return undefined;
    }
  }

  private pass(data: string | Uint8Array, bytes: number): void {
    const { websocket } = this;
    if (websocket?.state !== 'open') {
      this.lostBytes += bytes;
      return;
    }
    websocket.send(data);
    if (bytes > 0) {
      this.flights.push({ bytes, end: websocket.sentBytes + websocket.bufferedBytes });
      this.flightBytes += bytes;
    }
  }

  private count(): number {
    return this.lostBytes + this.waitingBytes + this.countFlights();
  }

  /** Forgets the flights that are over. */
  private countFlights(): number {
    const sent = this.websocket?.sentBytes ?? 0;
    const over = this.flights.findIndex(({ end }) => end > sent);
    const landed = this.flights.splice(0, over < 0 ? this.flights.length : over);
    for (const { bytes } of landed) {
      this.flightBytes -= bytes;
    }
    const first = this.flights[0];
    // A frame ends with its payload: what is left of the frame is left of the payload.
    return first === undefined
      ? 0
      : this.flightBytes - first.bytes + Math.min(first.bytes, first.end - sent);
  }

  private hold(): void {
    if (!this.isHeld) {
      this.amount = this.count();
      this.isHeld = true;
      setImmediate(() => {
        this.isHeld = false;
      });
    }
  }
}

function sizeOf(data: Data): number {
  if (typeof data === 'string') {
    return Buffer.byteLength(data);
  }
  return data instanceof Blob ? data.size : data.byteLength;
}
