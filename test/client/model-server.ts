/**
 * A server whose log and answers are right, behind roads and a fan-out that are not: publications get lost, doubled and swapped,
 * connections are cut, and what was under way on them arrives late or never. Its log is trimmed, rewound and begun anew.
 */
import type {
  ClientMessage,
  Gap,
  Link,
  Position,
  Publication,
  ServerMessage,
  Subscribe,
} from '../../src/wire/index.ts';
import { type FakeRoad, welcome } from './world.ts';

const nothing: Link = { offset: 0, id: '' };

/** One channel's log. Entries that were ever made are remembered, for the checker. */
export class ModelLog {
  epoch = 'e1';
  /** Before the first retained entry. */
  base: Link = nothing;
  entries: Publication[] = [];
  isRewound = false;
  readonly everMade = new Map<string, { entry: Publication; epoch: string }>();

  get top(): Link {
    return this.entries.at(-1) ?? this.base;
  }

  get topPosition(): Position {
    return this.at(this.top);
  }

  append(): Publication {
    const { offset, id } = this.top;
    const made = `x${this.everMade.size}`;
    const step = 1 + (this.everMade.size % 3);
    const entry = { offset: offset + step, id: made, prev: { offset, id }, data: made, atMs: 0 };
    this.entries.push(entry);
    this.everMade.set(made, { entry, epoch: this.epoch });
    return entry;
  }

  trim(): void {
    const gone = this.entries.splice(0, Math.ceil(this.entries.length / 2)).at(-1);
    this.base = gone ?? this.base;
  }

  /** The engine lost its last entries; others will get their offsets. */
  rewind(): void {
    this.entries.splice(-2);
    this.isRewound = true;
  }

  beginAnew(): void {
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`;
    this.base = nothing;
    this.entries = [];
  }

  /** What follows `since`, or the gap that has to be told first. */
  resume(since: Position | undefined): { position: Position; gap?: Gap } {
    if (since === undefined) {
      return { position: this.topPosition };
    }
    const known = [this.base, ...this.entries].some(
      ({ offset, id }) => offset === since.offset && id === since.id,
    );
    if (since.epoch === this.epoch && known) {
      return { position: since };
    }
    const gap = this.gapAfter(since);
    return { position: gap.to, gap };
  }

  gapAfter(since: Position): Gap {
    const first = this.at(this.base);
    if (since.epoch !== this.epoch) {
      return { reason: 'epoch', from: since, to: first };
    }
    if (since.offset < this.base.offset) {
      return { reason: 'trimmed', from: since, to: first };
    }
    const reason = since.offset > this.top.offset ? 'ahead' : 'diverged';
    return { reason, from: since, to: this.topPosition };
  }

  at({ offset, id }: Link): Position {
    return { epoch: this.epoch, offset, id };
  }
}

export class ModelServer {
  readonly logs: Readonly<Record<string, ModelLog>> = { one: new ModelLog(), two: new ModelLog() };
  private road: FakeRoad | undefined;
  private read = 0;
  private following = new Set<string>();
  /** Under way to the client. */
  private queue: ServerMessage[] = [];
  /** Under way on a connection that is gone. */
  private late: { road: FakeRoad; message: ServerMessage }[] = [];

  /** Looks at the present connection, and does what the client asked. */
  serve(road: FakeRoad): void {
    if (road !== this.road) {
      this.forget();
      this.road = road;
      road.open();
    }
    while (this.read < road.sent.length) {
      this.answer(road.sent[this.read]!);
      this.read += 1;
    }
  }

  /** One message arrives; false when none is under way. */
  deliver(): boolean {
    const message = this.queue.shift();
    if (message !== undefined) {
      this.road?.say(message);
    }
    return message !== undefined;
  }

  /** A hub compares tops: of what an engine lost it hears in the end, and sends its clients back to the log. */
  compareTops(): void {
    if (Object.values(this.logs).some(({ isRewound }) => isRewound)) {
      this.cut();
    }
  }

  deliverLate(): void {
    for (const { road, message } of this.late.splice(0)) {
      road.say(message);
    }
  }

  append(channel: string): void {
    const publication = this.logs[channel]!.append();
    if (this.following.has(channel)) {
      this.queue.push({ type: 'publication', channel, publication });
    }
  }

  beginAnew(channel: string): void {
    const log = this.logs[channel]!;
    const from = log.topPosition;
    log.beginAnew();
    // Said only if the client is following: otherwise the answer to its next subscribe says it.
    if (this.following.has(channel)) {
      this.queue.push({ type: 'gap', channel, gap: log.gapAfter(from) });
    }
  }

  loseOne(): void {
    const at = this.queue.findIndex(({ type }) => type === 'publication');
    if (at >= 0) {
      this.queue.splice(at, 1);
    }
  }

  doubleOne(): void {
    const at = this.queue.findIndex(({ type }) => type === 'publication');
    if (at >= 0) {
      this.queue.splice(at, 0, this.queue[at]!);
    }
  }

  swapTwo(): void {
    const at = this.queue.findIndex(
      ({ type }, index) => type === 'publication' && this.queue[index + 1]?.type === 'publication',
    );
    if (at >= 0) {
      const [one, other] = this.queue.splice(at, 2);
      this.queue.splice(at, 0, other!, one!);
    }
  }

  cut(): void {
    this.road?.end(1006);
    this.forget();
    this.road = undefined;
  }

  private forget(): void {
    const { road } = this;
    if (road !== undefined) {
      this.late = this.queue.map((message) => ({ road, message }));
    }
    this.queue = [];
    this.following = new Set();
    this.read = 0;
  }

  private answer(message: ClientMessage): void {
    switch (message.type) {
      case 'hello':
        this.queue.push(welcome());
        break;
      case 'resume':
        for (const wish of message.channels) {
          this.subscribe({ ...wish, type: 'subscribe', id: message.id });
        }
        break;
      case 'ping':
        this.queue.push({ type: 'pong', id: message.id });
        break;
      case 'subscribe':
        this.subscribe(message);
        break;
      case 'unsubscribe':
        this.following.delete(message.channel);
        this.queue.push({ type: 'unsubscribed', id: message.id, channel: message.channel });
        break;
      default:
        throw new Error(`the client has no reason to send ${message.type}`);
    }
  }

  private subscribe({ id, channel, since }: Subscribe): void {
    if (this.following.has(channel)) {
      const code = 'ALREADY_SUBSCRIBED';
      this.queue.push({ type: 'error', id, channel, code, message: '', retryable: false });
      return;
    }
    this.following.add(channel);
    const log = this.logs[channel]!;
    const answer = log.resume(since);
    this.queue.push({ type: 'subscribed', id, channel, kind: 'log', ...answer });
    for (const publication of log.entries) {
      if (publication.offset > answer.position.offset) {
        this.queue.push({ type: 'publication', channel, publication });
      }
    }
    this.queue.push({ type: 'caughtUp', channel, position: log.topPosition });
  }
}
