/**
 * Messages larger than memory, on their way in: one after the other, each in pieces.
 * In: pieces, as a drive tells them. Out: messages to be read; the peer is slowed down while their reader is busy. Fails: like the
 * iteration over a websocket, throws `WEBSOCKET_CLOSED` when that does not close cleanly.
 */
import type { Closing } from '../protocol/index.ts';
import { IncomingMessage, type MessageOwner } from './incoming-message.ts';
import type { IncomingStream } from './streaming.ts';
import { closedError } from './waiters.ts';

/** Bytes that may wait for their reader before the peer is slowed down. */
const mostBytes = 131_072;
/** And messages, however small. */
const mostMessages = 16;

/** The websocket, as far as its streams concern it. */
export interface StreamSource {
  pause(): void;
  resume(): void;
}

const done = { done: true, value: undefined } as const;

export class IncomingStreams implements AsyncIterableIterator<IncomingStream>, MessageOwner {
  private readonly source: StreamSource;
  /** Not given out yet. */
  private waiting: IncomingMessage[] = [];
  /** Pieces of it still come. Undefined also while what comes is wanted by nobody. */
  private coming: IncomingMessage | undefined;
  /** Given out last. */
  private current: IncomingMessage | undefined;
  private waitingBytes = 0;
  private isPaused = false;
  private isDone = false;
  private why: Closing | undefined;
  private wakes: (() => void)[] = [];

  /** @param why How the websocket ended, if it has. */
  constructor(source: StreamSource, why: Closing | undefined) {
    this.source = source;
    this.why = why;
  }

  /** A piece came, which is good during the call only. */
  piece(
    bytes: Uint8Array,
    start: number,
    end: number,
    text: boolean,
    first: boolean,
    last: boolean,
  ): void {
    if (first && !this.isDone) {
      this.coming = new IncomingMessage(text, this);
      this.waiting.push(this.coming);
    }
    if (this.coming === undefined) {
      return;
    }
    this.waitingBytes += this.coming.add(bytes, start, end, last);
    if (last) {
      this.coming = undefined;
    }
    if (this.waitingBytes >= mostBytes || this.waiting.length >= mostMessages) {
      // Also when somebody else has resumed it meanwhile: what waits here has an end.
      this.isPaused = true;
      this.source.pause();
    }
    this.wakeAll();
  }

  ended(why: Closing): void {
    this.why = why;
    this.wakeAll();
  }

  async next(): Promise<IteratorResult<IncomingStream, undefined>> {
    while (!this.isDone) {
      const { current } = this;
      if (current?.isTaken === false) {
        current.skip();
      }
      if (current?.isOver === false) {
        await this.changed();
        continue;
      }
      this.current = this.waiting.shift();
      if (this.current !== undefined) {
        return { done: false, value: this.current as IncomingStream };
      }
      this.hunger();
      if (this.waiting.length === 0) {
        if (this.why !== undefined) {
          this.finish();
          if (!this.why.clean) {
            throw closedError(this.why);
          }
        } else {
          await this.changed();
        }
      }
    }
    return done;
  }

  /** What comes from here on is dropped; a message that is being read goes on to its end. */
  async return(): Promise<IteratorResult<IncomingStream, undefined>> {
    this.finish();
    return done;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  get cutOff(): Error | undefined {
    return this.why === undefined ? undefined : closedError(this.why);
  }

  took(bytes: number): void {
    this.waitingBytes -= bytes;
  }

  hunger(): void {
    if (this.isPaused) {
      this.isPaused = false;
      this.source.resume();
    }
    this.wakeAll();
  }

  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wakes.push(resolve);
    });
  }

  private finish(): void {
    this.isDone = true;
    const unread = this.waiting;
    this.waiting = [];
    if (this.current?.isTaken === false) {
      unread.push(this.current);
    }
    for (const message of unread) {
      message.skip();
    }
    this.hunger();
  }

  private wakeAll(): void {
    const woken = this.wakes;
    this.wakes = [];
    for (const wake of woken) {
      wake();
    }
  }
}
