/**
 * The two streams of a `WebSocketStream`.
 * In: an open websocket. Out: a stream of its messages, which slows the server down while it is not read, and one that sends, whose
 * writes wait while much has not left. Fails: when the websocket ends, both end with it: with an error, unless it closed cleanly.
 */
import type { Message, Websocket } from '../endpoint/index.ts';
import type { CloseWords } from './close-info.ts';
import { toMessage } from './conversions.ts';
import { WebSocketError } from './websocket-error.ts';

/** Messages that wait unread before the server is slowed down. With none, its Close would not be seen before somebody reads. */
const mostUnread = 1;

export class StreamPair {
  readonly readable: ReadableStream<string | Uint8Array>;
  readonly writable: WritableStream<unknown>;
  private readonly websocket: Websocket;
  private isClosing = false;
  private reading!: ReadableStreamDefaultController<string | Uint8Array>;
  private writing!: WritableStreamDefaultController;
  /** The readable was cancelled or is closed. */
  private isUnread = false;
  private goodbye:
    | { readonly done: () => void; readonly failed: (error: Error) => void }
    | undefined;
  private endError: Error | undefined;

  constructor(websocket: Websocket) {
    this.websocket = websocket;
    this.readable = new ReadableStream<string | Uint8Array>(
      {
        start: (controller) => {
          this.reading = controller;
        },
        pull: () => websocket.resume(),
        cancel: (reason) => {
          this.isUnread = true;
          this.close(wordsOf(reason));
        },
      },
      { highWaterMark: mostUnread },
    );
    this.writable = new WritableStream<unknown>({
      start: (controller) => {
        this.writing = controller;
      },
      write: (chunk) => this.write(chunk),
      close: () => this.finishWriting(),
      abort: (reason) => this.close(wordsOf(reason)),
    });
  }

  /** One message. What comes once we have begun to close is dropped, as browsers do. */
  receive(message: Message): void {
    if (this.isUnread || this.isClosing) {
      return;
    }
    this.reading.enqueue(typeof message === 'string' ? message : whole(message));
    if ((this.reading.desiredSize ?? 0) <= 0) {
      this.websocket.pause();
    }
  }

  close({ code, reason }: CloseWords): void {
    this.isClosing = true;
    void this.websocket.close(code, reason);
    // Its answer must be read, whoever reads messages or not.
    this.websocket.resume();
  }

  /** @param error Undefined when it was closed cleanly. */
  end(error: WebSocketError | undefined): void {
    this.endError = error ?? new DOMException('the websocket is closed', 'InvalidStateError');
    if (error !== undefined) {
      this.reading.error(error);
    } else if (!this.isUnread) {
      this.reading.close();
    }
    if (this.goodbye === undefined) {
      this.writing.error(this.endError);
    } else if (error === undefined) {
      this.goodbye.done();
    } else {
      this.goodbye.failed(error);
    }
  }

  private write(chunk: unknown): Promise<void> | undefined {
    const message = toMessage(chunk);
    if (this.isClosing || this.websocket.send(message)) {
      return undefined;
    }
    return this.websocket.drained().catch(() => {
      throw this.endError!;
    });
  }

  /** Closed when the server has answered: then all that was written has arrived. */
  private finishWriting(): Promise<void> {
    return new Promise((done, failed) => {
      this.goodbye = { done, failed };
      this.close({ code: 1005, reason: '' });
    });
  }
}

/** Only an error that was made for it says what to tell the server. */
function wordsOf(reason: unknown): CloseWords {
  return reason instanceof WebSocketError
    ? { code: reason.closeCode ?? 1005, reason: reason.reason }
    : { code: 1005, reason: '' };
}

/** In memory of its own, which can be transferred. */
function whole(message: Buffer): Uint8Array {
  const isWhole = message.byteLength === message.buffer.byteLength;
  return new Uint8Array(
    isWhole
      ? message.buffer
      : message.buffer.slice(message.byteOffset, message.byteOffset + message.byteLength),
  );
}
