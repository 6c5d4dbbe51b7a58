/**
 * Messages on their way up: numbered, one request at a time, repeated until the server says that it has them.
 * In: frames. Out: requests. Fails: when repeating is in vain it says so, once.
 */

import { toBase64 } from '../../ground/payload-events.ts';
import type { Patience } from './http-patience.ts';
import { exchange, type Wires } from './http-request.ts';

/** In one request. */
const maxBatch = 64;
const maxBatchLength = 1_000_000;
/** Characters of a request that have a time of their own. */
const stretchLength = 65_536;

/** As it travels. */
type Parcel = string | { readonly bytes: string };

export interface UplinkOptions {
  readonly wires: Wires;
  readonly road: string;
  readonly patience: Patience;
  /** Time for one answer, in milliseconds; as much again for each 64 Ki characters of the request. */
  readonly answerWithinMs: number;
  /** Characters that may wait; beyond it the road ends. */
  readonly maxQueued: number;
  /** The number of the last event that came, which each request tells. */
  readonly lastCame: () => number;
  readonly failed: (reason: string) => void;
}

export class Uplink {
  private readonly options: UplinkOptions;
  private queue: Parcel[] = [];
  private queued = 0;
  /** The number of the first in the queue. */
  private first = 1;
  private told = 0;
  private mustTell = false;
  private isOver = false;
  private pumping: Promise<void> | undefined;

  constructor(options: UplinkOptions) {
    this.options = options;
  }

  send(frame: string | Uint8Array): void {
    const parcel = typeof frame === 'string' ? frame : { bytes: toBase64(frame) };
    this.queue.push(parcel);
    this.queued += lengthOf(parcel);
    if (this.queued > this.options.maxQueued) {
      this.fail('more waits to be sent than may');
    } else {
      this.pump();
    }
  }

  /** Tells the server what came, unless a request does so anyway. */
  tell(): void {
    if (this.options.lastCame() > this.told) {
      this.mustTell = true;
      this.pump();
    }
  }

  /** What a request for the downlink has told already. */
  wasTold(number: number): void {
    this.told = Math.max(this.told, number);
  }

  /** Resolves when everything has been taken, or nothing more will be. */
  async end(): Promise<void> {
    this.pump();
    await this.pumping;
    this.isOver = true;
  }

  /** At once. */
  stop(): void {
    this.isOver = true;
  }

  private pump(): void {
    this.pumping ??= this.run();
  }

  private async run(): Promise<void> {
    // What is said in one turn goes in one request.
    await Promise.resolve();
    while (!this.isOver && (this.queue.length > 0 || this.mustTell)) {
      if (!(await this.post())) {
        break;
      }
    }
    // In the same turn as the last look at the queue: what is said from now on begins anew.
    this.pumping = undefined;
  }

  /** False: it is over. */
  private async post(): Promise<boolean> {
    const { wires, road, patience, answerWithinMs, lastCame } = this.options;
    const acknowledged = lastCame();
    this.mustTell = false;
    const headers = {
      'Content-Type': 'application/json',
      'Tautline-Road': road,
      'Tautline-Acknowledge': String(acknowledged),
    };
    const { first } = this;
    const batch = this.batch();
    const body = JSON.stringify([first, ...batch]);
    // A large body takes its time on a slow link.
    const withinMs = answerWithinMs * (1 + Math.floor(body.length / stretchLength));
    let status = 0;
    let received: unknown;
    let hasTakenNothing = false;
    try {
      const answer = await exchange(wires, { method: 'POST', headers, body }, withinMs);
      status = answer.status;
      received = answer.value['received'];
    } catch {
      // No answer: it may have been taken or not.
    }
    if (typeof received === 'number' && received >= first - 1 && this.drop(received)) {
      this.wasTold(acknowledged);
      hasTakenNothing = batch.length > 0 && this.first === first;
      if (!hasTakenNothing) {
        patience.succeeded();
        return true;
      }
    }
    if (hasTakenNothing || status === 0 || status === 408 || status === 429 || status >= 500) {
      if (await patience.failed()) {
        this.mustTell ||= this.queue.length === 0;
        return true;
      }
      return this.fail(`requests fail${status === 0 ? '' : ` with ${status}`}`);
    }
    return this.fail(`a request was refused with ${status}`);
  }

  private batch(): readonly Parcel[] {
    let length = 0;
    let count = 0;
    while (count < Math.min(this.queue.length, maxBatch)) {
      length += lengthOf(this.queue[count]!);
      if (count > 0 && length > maxBatchLength) {
        break;
      }
      count += 1;
    }
    return this.queue.slice(0, count);
  }

  /** False: the server says that it has what was never sent. */
  private drop(received: number): boolean {
    const count = received + 1 - this.first;
    if (count > this.queue.length) {
      return false;
    }
    for (const parcel of this.queue.splice(0, count)) {
      this.queued -= lengthOf(parcel);
    }
    this.first += count;
    return true;
  }

  private fail(reason: string): false {
    if (!this.isOver) {
      this.isOver = true;
      this.options.failed(reason);
    }
    return false;
  }
}

function lengthOf(parcel: Parcel): number {
  return typeof parcel === 'string' ? parcel.length : parcel.bytes.length;
}
