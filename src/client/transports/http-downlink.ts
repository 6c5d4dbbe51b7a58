/**
 * Events on their way down: one request after another, each from where the last one ended.
 * In: answers, streams or single ones. Out: messages, once and in order. Fails: when repeating is in vain it says so, once.
 */
import type { Cancel } from '../../ground/clock.ts';
import { EventStreamReader, type StreamEvent } from '../../ground/event-stream.ts';
import { payloadOf } from '../../ground/payload-events.ts';
import type { Patience } from './http-patience.ts';
import { send, type Wires } from './http-request.ts';

/** A stream that has brought nothing in so little time has failed. */
const shortMs = 1_000;

/** What became of a request. `empty`: there was nothing yet. */
type Outcome = 'answered' | 'empty' | 'failed' | 'ended';

export interface DownlinkListener {
  /** There is a way down: of a stream the first byte has come. */
  opened(): void;
  received(payload: string | Uint8Array): void;
  /** The server ends the road. */
  closed(code: number, reason: string): void;
  failed(reason: string): void;
}

export interface DownlinkOptions {
  readonly wires: Wires;
  readonly road: string;
  readonly patience: Patience;
  /** What may pass without a byte, in milliseconds; then the request is made anew. */
  readonly stallMs: number;
  /** What may pass before the first byte of the first stream: some proxies hold it back. */
  readonly firstByteMs: number;
  /** Between answers that do not wait, in milliseconds. */
  readonly restMs: number;
  readonly maxEventLength: number;
  /** A stream, an answer that waits, or one that comes at once. */
  readonly kind: () => 'stream' | 'poll' | 'now';
  readonly asked: (acknowledged: number) => void;
  readonly listener: DownlinkListener;
}

export class Downlink {
  /** The number of the last event that came. */
  last = 0;
  private readonly options: DownlinkOptions;
  private readonly leaving = new AbortController();
  private hasOpened = false;
  /** A stream has come through, if only its first byte. */
  private hasStreamed = false;
  /** Answers in a row that had nothing in them, and did not wait for it. */
  private vain = 0;
  private hurry: (() => void) | undefined;

  constructor(options: DownlinkOptions) {
    this.options = options;
    void this.run();
  }

  /** Nothing is told afterwards. */
  stop(): void {
    this.leaving.abort();
    this.hurry?.();
  }

  /** There may be a better kind of answer now: the rest between two requests is over. */
  wake(): void {
    this.hurry?.();
  }

  private get isOver(): boolean {
    return this.leaving.signal.aborted;
  }

  /** Never rejects. */
  private async run(): Promise<void> {
    const { patience, kind, wires } = this.options;
    while (!this.isOver) {
      const before = this.last;
      const beganMs = wires.clock.nowMs();
      const asked = kind();
      if (asked !== 'stream') {
        // The road is there; only a stream has yet to show that it comes through.
        this.open();
      }
      const outcome = await this.ask(asked);
      if (outcome === 'ended') {
        return;
      }
      // A stream that ends at once, again and again, is no stream.
      const hasLasted = wires.clock.nowMs() - beganMs > shortMs;
      if (outcome === 'empty' || (outcome === 'answered' && (this.last > before || hasLasted))) {
        patience.succeeded();
      } else if (!this.isOver && !(await patience.failed())) {
        this.fail('requests fail');
      }
      this.vain = outcome === 'empty' && !hasLasted ? this.vain + 1 : 0;
      if ((asked === 'now' && this.last === before) || this.vain > 1) {
        await this.rest();
      }
    }
  }

  /** One request, from its beginning to the end of its answer. Never rejects. */
  private async ask(kind: 'stream' | 'poll' | 'now'): Promise<Outcome> {
    const { wires, road, stallMs, firstByteMs, asked } = this.options;
    const acknowledged = this.last;
    const headers = {
      'Tautline-Road': road,
      'Tautline-Acknowledge': String(acknowledged),
      'Tautline-Down': kind,
    };
    const ending = new AbortController();
    const onLeave = (): void => ending.abort();
    this.leaving.signal.addEventListener('abort', onLeave);
    let isHeldBack = false;
    let cancel: Cancel;
    const watch = (ms: number): void => {
      cancel = wires.clock.after(ms, () => {
        isHeldBack = kind === 'stream' && !this.hasStreamed;
        ending.abort();
      });
    };
    watch(kind === 'stream' && !this.hasStreamed ? firstByteMs : stallMs);
    try {
      const response = await send(wires, { method: 'GET', headers }, ending.signal);
      const { status } = response;
      if (status !== 200 && status !== 204) {
        await response.body?.cancel();
        return this.judge(status);
      }
      asked(acknowledged);
      const isRead = await this.read(response, () => {
        cancel();
        watch(stallMs);
        this.hasStreamed ||= kind === 'stream';
        this.open();
      });
      const outcome = status === 204 ? 'empty' : 'answered';
      return isRead ? outcome : this.fail('an event is too long, or none of ours');
    } catch {
      return isHeldBack ? this.fail('the stream is held back on its way') : 'failed';
    } finally {
      cancel!();
      this.leaving.signal.removeEventListener('abort', onLeave);
    }
  }

  private judge(status: number): 'failed' | 'ended' {
    // 409: a copy of the request, made on its way, came later than it.
    const mayPass = status === 408 || status === 409 || status === 429 || status >= 500;
    return mayPass ? 'failed' : this.fail(`a request was refused with ${status}`);
  }

  /** False: it cannot be understood. */
  private async read({ body }: Response, heard: () => void): Promise<boolean> {
    let isRight = true;
    const reader = new EventStreamReader(this.options.maxEventLength, (event) => {
      isRight &&= this.isOver || this.take(event);
    });
    const chunks = body?.getReader();
    while (chunks !== undefined && !this.isOver) {
      const { done, value } = await chunks.read();
      if (done) {
        break;
      }
      heard();
      if (!reader.read(value) || !isRight) {
        await chunks.cancel();
        return false;
      }
    }
    return true;
  }

  private take(event: StreamEvent): boolean {
    const number = Number(event.id);
    if (number >= 1 && number <= this.last) {
      return true;
    }
    if (number !== this.last + 1) {
      return false;
    }
    this.last = number;
    if (event.name === 'close') {
      const end = endIn(event.data);
      if (end !== undefined) {
        this.stop();
        this.options.listener.closed(end.code, end.reason);
      }
      return end !== undefined;
    }
    const payload = payloadOf(event);
    if (payload !== undefined) {
      this.options.listener.received(payload);
    }
    return payload !== undefined;
  }

  private open(): void {
    if (!this.hasOpened && !this.isOver) {
      this.hasOpened = true;
      this.options.listener.opened();
    }
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.wires.clock.after(this.options.restMs, resolve);
      this.hurry = () => {
        cancel();
        resolve();
      };
    });
  }

  private fail(reason: string): 'ended' {
    if (!this.isOver) {
      this.stop();
      this.options.listener.failed(reason);
    }
    return 'ended';
  }
}

/** Undefined: it is none of ours. */
function endIn(text: string): { readonly code: number; readonly reason: string } | undefined {
  try {
    const { code, reason } = JSON.parse(text) as { code: unknown; reason: unknown };
    return typeof code === 'number' && typeof reason === 'string' ? { code, reason } : undefined;
  } catch {
    return undefined;
  }
}
