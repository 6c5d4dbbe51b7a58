/**
 * A stream of events as the downlink of a road, written as fast as the peer reads.
 * In: a mailbox that fills. Out: bytes of an answer that does not end. Fails: a stream that breaks leaves its letters where they are.
 */
import type { Cancel } from '../ground/clock.ts';
import { commonHeaders, type Exchange } from './http-answers.ts';
import type { Downlink, HttpRoad } from './http-road.ts';

/** What is joined for one write, about. Bytes. */
const writeBytes = 65_536;

/** The road's letters leave by this answer from now on. */
export function streamEvents(road: HttpRoad, exchange: Exchange, sent: number): void {
  const stream = new EventStream(road, exchange, sent);
  road.attach(stream);
}

class EventStream implements Downlink {
  private readonly road: HttpRoad;
  private readonly response: Exchange['response'];
  /** The number of the last letter that was written. */
  private sent: number;
  private isAwake = false;
  private isBlocked = false;
  private isOver = false;
  private cancelHeartbeat: Cancel | undefined;

  constructor(road: HttpRoad, { response, origin }: Exchange, sent: number) {
    this.road = road;
    this.response = response;
    this.sent = sent;
    response.writeHead(200, {
      ...commonHeaders(origin),
      'Content-Type': 'text/event-stream',
    });
    response.on('drain', () => this.onDrain());
    response.once('close', () => this.onClose());
    // Some proxies, and some browsers, pass nothing on before they have so much.
    this.write(`:${' '.repeat(road.limits.paddingBytes)}\n\n`);
  }

  /** What comes in one turn leaves in one write. */
  wake(): void {
    if (!this.isAwake) {
      this.isAwake = true;
      queueMicrotask(() => {
        this.isAwake = false;
        this.flush();
      });
    }
  }

  supersede(): void {
    this.finish();
  }

  end(): void {
    this.finish();
  }

  private flush(): void {
    const { road } = this;
    while (!this.isOver && !this.isBlocked) {
      const post = road.mailbox.after(this.sent, writeBytes);
      if (post === undefined) {
        break;
      }
      this.sent = post.last;
      this.write(post.text);
    }
    if (!this.isOver && road.isClosing && this.sent === road.mailbox.last) {
      this.isOver = true;
      this.response.end(() => road.handed(this.sent));
    }
  }

  private write(text: string): void {
    this.isBlocked = !this.response.write(text);
    this.beat();
  }

  private beat(): void {
    this.cancelHeartbeat?.();
    const { clock, limits } = this.road;
    this.cancelHeartbeat = clock.after(limits.heartbeatMs, () => {
      if (this.isBlocked) {
        this.beat();
      } else {
        this.write(':\n\n');
      }
    });
  }

  private onDrain(): void {
    this.isBlocked = false;
    this.flush();
  }

  private onClose(): void {
    this.isOver = true;
    this.cancelHeartbeat?.();
    this.road.detach(this);
  }

  private finish(): void {
    if (this.isOver) {
      return;
    }
    this.isOver = true;
    this.cancelHeartbeat?.();
    if (this.isBlocked) {
      // Nobody reads it: an end would wait for ever.
      this.response.destroy();
    } else {
      this.response.end();
    }
  }
}
