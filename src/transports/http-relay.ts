/**
 * Requests for roads of other nodes, passed on by the bus: no proxy need send a client to the same node twice.
 * In: asks, for a node. Out: its answers. Fails: a node that does not say in time that it has the road, has none.
 */
import { randomBytes } from 'node:crypto';
import type { Cancel, Clock } from '../ground/clock.ts';
import type { Post } from '../ports/index.ts';
import type { Answer } from './http-answers.ts';
import { type Ask, gone } from './http-asks.ts';
import type { HttpRoadLimits } from './http-options.ts';
import type { GiveAnswer } from './long-poll.ts';

/** What nodes tell each other. The bus is trusted, but may lose any of it. */
type Note =
  | { readonly type: 'ask'; readonly id: string; readonly from: string; readonly ask: Ask }
  | { readonly type: 'held'; readonly id: string }
  | { readonly type: 'answer'; readonly id: string; readonly answer: Answer };

interface Waiting {
  readonly settle: (answer: Answer) => void;
  cancel: Cancel;
  readonly answerWithinMs: number;
}

/** Beyond the wait that was asked for, for the way there and back. Milliseconds. */
const wayMs = 5_000;

export class HttpRelay {
  private readonly post: Post;
  /** By which the roads of this node are asked for, whatever other lives it has later: a name is never given twice. */
  private readonly node: string;
  private readonly clock: Clock;
  private readonly limits: Required<HttpRoadLimits>;
  private readonly perform: (ask: Ask, give: GiveAnswer) => void;
  private readonly waiting = new Map<string, Waiting>();
  private readonly prefix = randomBytes(9).toString('base64url');
  private count = 0;
  private unfollow: (() => void) | undefined;

  constructor(
    post: Post,
    clock: Clock,
    limits: Required<HttpRoadLimits>,
    perform: (ask: Ask, give: GiveAnswer) => void,
  ) {
    this.post = post;
    this.node = post.node;
    this.clock = clock;
    this.limits = limits;
    this.perform = perform;
  }

  async start(): Promise<void> {
    this.unfollow ??= await this.post.follow(topicOf(this.node), (note) => {
      this.hear(note as Note);
    });
  }

  stop(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    for (const id of this.waiting.keys()) {
      this.settle(id, gone);
    }
  }

  /** Never rejects. At most as many wait as there may be roads. */
  ask(node: string, ask: Ask): Promise<Answer> {
    if (this.waiting.size >= this.limits.maxRoads) {
      return Promise.resolve(gone);
    }
    return new Promise((settle) => {
      this.count += 1;
      const id = `${this.prefix}${this.count}`;
      const answerWithinMs = (ask.kind === 'down' ? ask.waitMs : 0) + wayMs;
      const cancel = this.clock.after(this.limits.relayWithinMs, () => this.settle(id, gone));
      this.waiting.set(id, { settle, cancel, answerWithinMs });
      this.tell(node, { type: 'ask', id, from: this.node, ask }, () => this.settle(id, gone));
    });
  }

  private hear(note: Note): void {
    if (note.type === 'answer') {
      this.settle(note.id, note.answer);
    } else if (note.type === 'held') {
      this.hold(note.id);
    } else if (note.type === 'ask') {
      const { id, from, ask } = note;
      if (ask.kind === 'down') {
        this.tell(from, { type: 'held', id });
      }
      this.perform(ask, (answer, onSent) =>
        this.tell(from, { type: 'answer', id, answer }, onSent, onSent),
      );
    }
  }

  /** The road is there; the answer may take its time. */
  private hold(id: string): void {
    const waiting = this.waiting.get(id);
    if (waiting !== undefined) {
      waiting.cancel();
      waiting.cancel = this.clock.after(waiting.answerWithinMs, () => {
        this.settle(id, { status: 204 });
      });
    }
  }

  private settle(id: string, answer: Answer): void {
    const waiting = this.waiting.get(id);
    if (waiting !== undefined) {
      this.waiting.delete(id);
      waiting.cancel();
      waiting.settle(answer);
    }
  }

  private tell(node: string, note: Note, failed?: () => void, done?: () => void): void {
    this.post.send(topicOf(node), note).then(done, failed ?? (() => undefined));
  }
}

function topicOf(node: string): string {
  return `~road:${node}`;
}
