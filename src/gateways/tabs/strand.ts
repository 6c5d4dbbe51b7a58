/**
 * One client's share of a pipe, as the gateway that speaks to it sees it: a pipe like any other.
 * In: payloads of the gateway, and those of the client. Out: frames, when it is this strand's turn. Cannot fail.
 */
import type { Shared } from '../../ground/shared.ts';
import type { Payload, Pipe, PipeListener } from '../../ports/index.ts';
import { closeFrame, type Disconnect, messageFrame } from '../../wire/index.ts';

export interface StrandPorts {
  /** There is something to take. */
  readonly waits: (strand: Strand) => void;
  /** It has said its last, and counts no more. */
  readonly over: (strand: Strand) => void;
}

/** What was taken is forgotten when there is as much of it. */
const forgetAfter = 1_024;

export class Strand implements Pipe {
  readonly name: string;
  readonly address: string | undefined;
  readonly handshake: Pipe['handshake'];
  readonly number: number;
  bufferedBytes = 0;
  private readonly ports: StrandPorts;
  private listener: PipeListener | undefined;
  private phase: 'open' | 'closing' | 'over' = 'open';
  private queue: Shared<Payload>[] = [];
  private taken = 0;
  private why: Disconnect | undefined;
  private hasEnded = false;
  private rest: Promise<void> | undefined;
  private restOver: () => void = () => undefined;

  constructor(number: number, pipe: Pipe, ports: StrandPorts) {
    this.number = number;
    this.name = pipe.name;
    this.address = pipe.address;
    this.handshake = pipe.handshake;
    this.ports = ports;
  }

  /** The gateway has opened. The strand may have ended by then. */
  listen(listener: PipeListener): void {
    this.listener = listener;
    if (this.hasEnded) {
      listener.closed();
    }
  }

  send(payload: Shared<Payload>): void {
    if (this.phase === 'open') {
      this.queue.push(payload);
      this.bufferedBytes += payload.as(bytesOf);
      this.ports.waits(this);
    }
  }

  drained(): Promise<void> {
    if (this.bufferedBytes === 0) {
      return Promise.resolve();
    }
    this.rest ??= new Promise((resolve) => {
      this.restOver = resolve;
    });
    return this.rest;
  }

  close(why: Disconnect): void {
    if (this.phase === 'open') {
      this.phase = 'closing';
      this.why = why;
      this.ports.waits(this);
    }
  }

  received(payload: Payload): void {
    if (this.phase === 'open') {
      this.listener?.received(payload);
    }
  }

  get hasMore(): boolean {
    return this.taken < this.queue.length || this.phase === 'closing';
  }

  /** Its next frame. It has one. */
  take(): Payload {
    const payload = this.queue[this.taken];
    if (payload === undefined) {
      // Later: whoever closed it is not called back from within.
      queueMicrotask(() => this.end());
      this.phase = 'over';
      this.ports.over(this);
      return closeFrame(this.number, this.why!);
    }
    this.taken += 1;
    this.bufferedBytes -= payload.as(bytesOf);
    if (this.taken === this.queue.length || this.taken >= forgetAfter) {
      this.queue.splice(0, this.taken);
      this.taken = 0;
    }
    if (this.bufferedBytes === 0) {
      this.settle();
    }
    return messageFrame(this.number, payload.value);
  }

  /** The client has closed it, or the pipe is gone. */
  lost(): void {
    if (this.phase !== 'over') {
      this.phase = 'over';
      this.end();
    }
  }

  private end(): void {
    this.hasEnded = true;
    this.queue = [];
    this.taken = 0;
    this.bufferedBytes = 0;
    this.settle();
    this.listener?.closed();
  }

  private settle(): void {
    this.restOver();
    this.rest = undefined;
  }
}

const encoder = new TextEncoder();

/** Measured once for all strands that it goes to. */
function bytesOf(payload: Payload): number {
  return typeof payload === 'string' ? encoder.encode(payload).length : payload.length;
}
