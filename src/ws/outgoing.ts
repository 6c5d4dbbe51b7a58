/**
 * What a program sends, in the order it was sent, and the word that it has left.
 * In: payloads and callbacks. Out: frames, through the drive. Fails: a callback is given the error; a Blob that cannot be read is
 * told to the owner.
 *
 * A Blob takes time to read. What is sent meanwhile waits behind it, and so does a Close frame. What is large takes time to
 * compress: then the connection keeps the order.
 */
import type { Drive } from '../endpoint/index.ts';
import { asBytes, isBlob, toPayload } from './payload.ts';
import type { SendCallback } from './types.ts';

/** From here on the connection keeps what it is given by reference: it leaves at once, so that the program may reuse it. */
const lentBytes = 16_384;
/** What waits for us alone leaves early when it is more than this. */
const muchBytes = 262_144;

type Put = (payload: string | Uint8Array) => void;

/** How one message is sent. */
export interface Manner {
  readonly binary: boolean;
  readonly final: boolean;
  readonly compress: boolean;
}

interface Waiting {
  readonly data: Blob | string | Uint8Array;
  readonly bytes: number;
  readonly put: Put;
  readonly done: SendCallback | undefined;
}

export interface OutgoingOwner {
  /** What a callback threw. */
  threw(error: unknown): void;
  blobFailed(error: Error): void;
}

export class Outgoing {
  /** Bytes that wait behind a Blob, its own included. */
  waitingBytes = 0;
  private readonly drive: Drive;
  private readonly owner: OutgoingOwner;
  private readonly isCompressed: boolean;
  /** Undefined while nothing waits. */
  private queue: Waiting[] | undefined;
  /** A message was begun with `fin: false`. */
  private isMidway = false;
  private callbacks: SendCallback[] = [];
  /** For each callback, after how many bytes it is due; below zero, behind how many frames that had to wait. */
  private marks: number[] = [];

  /** @param isCompressed The drive keeps what it is given until it is compressed. */
  constructor(drive: Drive, owner: OutgoingOwner, isCompressed = false) {
    this.drive = drive;
    this.isCompressed = isCompressed;
    this.owner = owner;
  }

  message(data: unknown, manner: Manner, done: SendCallback | undefined): void {
    if (this.queue !== undefined || isBlob(data)) {
      this.wait(data, (payload) => this.putMessage(payload, manner), done);
      return;
    }
    this.putMessage(toPayload(data), manner);
    this.noteMessage(done);
  }

  /** @throws {RangeError} above 125 bytes. */
  control(kind: 'ping' | 'pong', data: unknown, done: SendCallback | undefined): void {
    const payload = isBlob(data) ? data : asBytes(toPayload(data));
    if ((isBlob(payload) ? payload.size : payload.length) > 125) {
      throw new RangeError('The data size must not be greater than 125 bytes');
    }
    if (this.queue !== undefined || isBlob(payload)) {
      this.wait(payload, (bytes) => this.putControl(kind, asBytes(bytes)), done);
      return;
    }
    this.putControl(kind, payload);
    this.note(done, this.standing);
  }

  /** Code and reason are checked already. */
  close(code: number | undefined, reason: string): void {
    const put = (): void => {
      this.drive.connection.close(code, reason, this.drive.nowMs);
      this.drive.settle();
    };
    if (this.queue === undefined) {
      put();
    } else {
      this.wait('', put, undefined);
    }
  }

  /** Bytes have left: tells whom it concerns. */
  progress(): void {
    if (this.marks.length === 0) {
      return;
    }
    let count = 0;
    while (count < this.marks.length && this.hasLeft(count)) {
      count += 1;
    }
    if (count > 0) {
      this.marks.splice(0, count);
      this.call(this.callbacks.splice(0, count), undefined);
    }
  }

  /** Nothing more will leave. */
  end(): void {
    const left = this.callbacks;
    this.callbacks = [];
    this.marks = [];
    if (left.length > 0) {
      this.call(left, new Error('The connection ended before the data was sent'));
    }
  }

  private hasLeft(at: number): boolean {
    const { drive, marks } = this;
    const mark = marks[at]!;
    if (mark < 0) {
      if (drive.connection.passedFrames < -mark) {
        return false;
      }
      marks[at] = this.standing;
    }
    return marks[at]! <= drive.sentBytes;
  }

  /** How many bytes will have left when all that is written now has. */
  private get standing(): number {
    const { sentBytes, bufferedBytes, connection } = this.drive;
    return sentBytes + bufferedBytes - connection.waitingBytes;
  }

  private putMessage(given: string | Uint8Array, { binary, final, compress }: Manner): void {
    const isLent = typeof given !== 'string' && given.length >= lentBytes;
    const payload = isLent && this.isCompressed ? new Uint8Array(given) : given;
    const { connection } = this.drive;
    if (this.isMidway || !final) {
      const place = { first: !this.isMidway, last: final, text: !binary };
      connection.sendFragment(asBytes(payload), place);
      this.isMidway = !final;
    } else if (typeof payload === 'string' && !binary) {
      connection.sendText(payload, compress);
    } else {
      connection.sendBytes(asBytes(payload), !binary, compress);
    }
    if (payload.length >= lentBytes || this.drive.bufferedBytes > muchBytes) {
      this.drive.flush();
    }
  }

  private putControl(kind: 'ping' | 'pong', payload: Uint8Array): void {
    const { connection } = this.drive;
    if (kind === 'ping') {
      connection.ping(payload, this.drive.nowMs);
    } else {
      connection.pong(payload);
    }
  }

  /** What is behind a message that is being compressed waits for it; pings and pongs do not. */
  private noteMessage(done: SendCallback | undefined): void {
    const { waitingFrames, passedFrames } = this.drive.connection;
    this.note(done, waitingFrames > 0 ? -(passedFrames + waitingFrames) : this.standing);
  }

  private note(done: SendCallback | undefined, mark: number): void {
    if (typeof done === 'function') {
      this.callbacks.push(done);
      this.marks.push(mark);
    }
  }

  private wait(given: unknown, put: Put, done: SendCallback | undefined): void {
    const data = isBlob(given) ? given : toPayload(given);
    const bytes = isBlob(data) ? data.size : asBytes(data).length;
    this.waitingBytes += bytes;
    const waiting = { data, bytes, put, done };
    if (this.queue === undefined) {
      this.queue = [waiting];
      void this.work(this.queue);
    } else {
      this.queue.push(waiting);
    }
  }

  /** Never rejects. */
  private async work(queue: Waiting[]): Promise<void> {
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const payload = isBlob(next.data) ? await readBlob(next.data) : next.data;
      const { connection, line } = this.drive;
      const isOpen = connection.phase === 'open' && !line.destroyed;
      if (!isOpen || payload instanceof Error) {
        const closed = new Error('The socket was closed while the blob was being read');
        this.giveUp(queue, payload instanceof Error ? payload : closed);
        if (isOpen && payload instanceof Error) {
          this.owner.blobFailed(payload);
        }
        return;
      }
      queue.shift();
      this.waitingBytes -= next.bytes;
      next.put(payload);
      this.noteMessage(next.done);
    }
    this.queue = undefined;
  }

  private giveUp(queue: readonly Waiting[], error: Error): void {
    this.queue = undefined;
    const callbacks = queue.flatMap(({ done }) => (typeof done === 'function' ? [done] : []));
    this.call(callbacks, error);
  }

  private call(callbacks: readonly SendCallback[], error: Error | undefined): void {
    for (const done of callbacks) {
      try {
        done(error);
      } catch (thrown) {
        this.owner.threw(thrown);
      }
    }
  }
}

async function readBlob(blob: Blob): Promise<Uint8Array | Error> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
