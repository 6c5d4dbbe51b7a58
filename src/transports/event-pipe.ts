/**
 * A stream of events as a pipe that can only speak. Its head waits for the first event: until then it may still be a refusal.
 * In: payloads that are events already. Out: bytes of an answer. Fails: a peer that reads too slowly is cut,
 * and so is one that does not read to the end.
 */
import type { Cancel, Clock } from '../ground/clock.ts';
import type { Shared } from '../ground/shared.ts';
import type { Handshake, Payload, Pipe } from '../ports/index.ts';
import { commonHeaders, type Exchange, give } from './http-answers.ts';
import type { HttpRoadLimits } from './http-options.ts';

export interface EventPipeOptions {
  readonly exchange: Exchange;
  readonly address: string | undefined;
  readonly handshake: Handshake;
  readonly clock: Clock;
  readonly limits: Required<HttpRoadLimits>;
  /** After which an `EventSource` comes back, in milliseconds. */
  readonly retryMs: number;
}

type Why = Parameters<Pipe['close']>[0];

/** Of statuses an `EventSource` knows only that it must not come back. 200: by a stream that ends it is told to. */
const statuses: Readonly<Record<Why['name'], 200 | 400 | 403>> = {
  SERVER_STOPPING: 200,
  TOO_SLOW: 200,
  HELLO_TOO_LATE: 200,
  FENCED: 200,
  BUSY: 200,
  TOO_MANY_CONNECTIONS: 200,
  TOKEN_EXPIRED: 200,
  HELLO_EXPECTED: 400,
  MESSAGE_INVALID: 400,
  VERSION_UNSUPPORTED: 400,
  UNAUTHORISED: 403,
  REVOKED: 403,
};

export class EventPipe implements Pipe {
  readonly name = 'event-source';
  readonly address: string | undefined;
  readonly handshake: Handshake;
  bufferedBytes = 0;

  private readonly exchange: Exchange;
  private readonly clock: Clock;
  private readonly limits: Required<HttpRoadLimits>;
  private readonly retryMs: number;
  private phase: 'waiting' | 'open' | 'over' = 'waiting';
  /** The next heartbeat; after the end, when whoever does not read is cut. */
  private cancelAlarm: Cancel | undefined;
  private readonly drainings: (() => void)[] = [];

  constructor({ exchange, address, handshake, clock, limits, retryMs }: EventPipeOptions) {
    this.exchange = exchange;
    this.address = address;
    this.handshake = handshake;
    this.clock = clock;
    this.limits = limits;
    this.retryMs = retryMs;
  }

  send(payload: Shared<Payload>): void {
    if (this.phase === 'over') {
      return;
    }
    this.begin(this.retryMs);
    this.write(String(payload.value));
    if (this.bufferedBytes > this.limits.maxBufferedBytes) {
      this.exchange.response.destroy();
      this.stop();
    }
  }

  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.drainings.push(resolve);
      this.settle();
    });
  }

  close({ code, name, reason, retryAfterMs }: Why): void {
    const { phase, exchange } = this;
    if (phase === 'over') {
      return;
    }
    const status = statuses[name];
    if (phase === 'waiting' && status !== 200) {
      give(exchange, { status, type: 'application/json', body: JSON.stringify({ code, reason }) });
    } else {
      this.begin(retryAfterMs ?? this.retryMs);
      exchange.response.end(retryAfterMs === undefined ? '' : `retry: ${retryAfterMs}\n\n`);
    }
    this.stop();
    this.cancelAlarm = this.clock.after(this.limits.lingerMs, () => exchange.response.destroy());
  }

  /** The answer is over: nothing is left to do. */
  stop(): void {
    this.phase = 'over';
    this.cancelAlarm?.();
    this.settle();
  }

  private begin(retryMs: number): void {
    if (this.phase === 'waiting') {
      this.phase = 'open';
      this.exchange.response.writeHead(200, {
        ...commonHeaders(this.exchange.origin),
        'Content-Type': 'text/event-stream',
      });
      this.write(`:${' '.repeat(this.limits.paddingBytes)}\nretry: ${retryMs}\n\n`);
    }
  }

  private write(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.bufferedBytes += bytes;
    this.exchange.response.write(text, () => {
      this.bufferedBytes -= bytes;
      this.settle();
    });
    this.cancelAlarm?.();
    this.cancelAlarm = this.clock.after(this.limits.heartbeatMs, () => this.write(':\n\n'));
  }

  private settle(): void {
    if (this.phase === 'over' || this.bufferedBytes <= this.limits.highWaterBytes) {
      for (const resolve of this.drainings.splice(0)) {
        resolve();
      }
    }
  }
}
