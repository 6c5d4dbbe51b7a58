/**
 * A stream of events as the downlink of a road, written as fast as the peer reads.
 * In: a mailbox that fills. Out: bytes of an answer that does not end. Fails: a stream that breaks leaves its letters where they are;
 * one that has ended, and is not read, is cut.
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

/** `ending`: nothing is written any more, and what was written has yet to leave. */
type Phase = 'open' | 'ending' | 'over';

class EventStream implements Downlink {
  private readonly road: HttpRoad;
  private readonly response: Exchange['response'];
  /** The number of the last letter that was written. */
  private sent: number;
  private phase: Phase = 'open';
  private isBlocked = false;
  /** The next heartbeat; after the end, when whoever does not read is cut. */
  private cancelAlarm: Cancel | undefined;

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

  flush(): void {
    const { road } = this;
    while (this.phase === 'open' && !this.isBlocked) {
      const post = road.mailbox.after(this.sent, writeBytes);
      if (post === undefined) {
        break;
      }
      this.sent = post.last;
      this.write(post.text);
    }
    if (road.isEnding && this.sent === road.mailbox.last) {
      this.finish(() => road.handed(this.sent));
    }
  }

  supersede(): void {
    this.finish();
  }

  end(): void {
    this.finish();
  }

  private write(text: string): void {
    this.isBlocked = !this.response.write(text);
    this.beat();
  }

  private beat(): void {
    this.cancelAlarm?.();
    const { clock, limits } = this.road;
    this.cancelAlarm = clock.after(limits.heartbeatMs, () => {
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
    this.phase = 'over';
    this.cancelAlarm?.();
    this.road.detach(this);
  }

  /** `onSent` comes when all of it has left this process. */
  private finish(onSent?: () => void): void {
    if (this.phase !== 'open') {
      return;
    }
    this.phase = 'ending';
    this.cancelAlarm?.();
    const { clock, limits } = this.road;
    this.cancelAlarm = clock.after(limits.lingerMs, () => this.response.destroy());
    if (this.isBlocked && onSent === undefined) {
      // Nobody reads it, and nobody waits for what is left.
      this.response.destroy();
    } else {
      this.response.end(onSent);
    }
  }
}
