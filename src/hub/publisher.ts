/**
 * The hub as a producer: what the server's own code publishes is in its log once, however often the broker has to be asked.
 * In: channels and contents. Out: where each was appended, in the order in which it was given. Fails: as the broker does, when it goes on
 * failing for longer than the limit, or for good; then it is not known whether that one was appended.
 */
import { backoffDefaults, backoffMs } from '../ground/backoff.ts';
import { type Appended, type AppendOptions, BrokerError } from '../ports/index.ts';
import type { Position } from '../wire/index.ts';
import type { Append, Content } from './append.ts';
import type { Inside } from './inside.ts';
import { WorkQueue } from './session/work-queue.ts';

interface Channel {
  readonly queue: WorkQueue;
  waiting: number;
  producer: string;
  /** One more with each numbering: whoever cannot know what became of a number begins anew beyond it, and fences what is under way yet. */
  epoch: number;
  first: number;
  last: number;
}

/**
 * Of channels that nothing waits for, the numbering is kept for so many: who is forgotten begins another life, of which the engine keeps a
 * record for long. So there are as many as it has room for, by default.
 */
const mostChannels = 100_000;

export class Publisher {
  private readonly hub: Inside;
  private readonly append: Append;
  private readonly mostKept: number;
  private readonly channels = new Map<string, Channel>();
  private lives = 0;

  constructor(hub: Inside, append: Append, mostKept: number = mostChannels) {
    this.hub = hub;
    this.append = append;
    this.mostKept = mostKept;
  }

  async publish(
    name: string,
    content: Content,
    options: Pick<AppendOptions, 'durability'>,
  ): Promise<Position> {
    const channel = this.channels.get(name) ?? this.begin(name);
    if (channel.waiting >= this.hub.limits.maxWaitingPublications) {
      throw new BrokerError('BROKER_FULL', 'too many publications wait for this channel', true);
    }
    channel.waiting += 1;
    try {
      return await channel.queue.run(() => this.enter(name, channel, { content, options }));
    } finally {
      channel.waiting -= 1;
    }
  }

  private begin(name: string): Channel {
    for (const [other, { waiting }] of this.channels) {
      if (this.channels.size < this.mostKept) {
        break;
      }
      // Those that are waited for stay: there are no more of them than publications that wait.
      if (waiting === 0) {
        this.channels.delete(other);
      }
    }
    const queue = new WorkQueue();
    const producer = this.nextName();
    const channel: Channel = { queue, waiting: 0, producer, epoch: 1, first: 1, last: 0 };
    this.channels.set(name, channel);
    return channel;
  }

  private nextName(): string {
    this.lives += 1;
    return `${this.hub.post.node}.${this.lives}`;
  }

  private async enter(
    name: string,
    channel: Channel,
    given: { readonly content: Content; readonly options: Pick<AppendOptions, 'durability'> },
  ): Promise<Position> {
    const first = await this.tryOn(name, channel, given);
    let { appended } = first;
    const isForgotten = appended.outcome === 'unknown' && first.attempts === 1;
    if (appended.outcome === 'outOfSequence' || isForgotten) {
      // The engine has lost what it had acknowledged, or forgotten who rested for long. This one it does not have: a new numbering may
      // take it.
      if (isForgotten && channel.last + 1 === channel.first) {
        // By a name that does not even begin, nothing can be numbered.
        channel.producer = this.nextName();
      }
      renumber(channel);
      ({ appended } = await this.tryOn(name, channel, given));
    }
    if (appended.outcome !== 'appended') {
      renumber(channel);
      const message = `the log says ${appended.outcome}: whether this was appended is not known`;
      throw new BrokerError('BROKER_UNREACHABLE', message, false);
    }
    channel.last += 1;
    return appended.position;
  }

  /** With one number and one id, until the broker has answered. */
  private async tryOn(
    name: string,
    channel: Channel,
    { content, options }: Parameters<Publisher['enter']>[2],
  ): Promise<{ readonly appended: Appended; readonly attempts: number }> {
    const { clock, ids, limits } = this.hub;
    const id = ids.next();
    // No other content ever has this id, so it stands for the content.
    const { producer: by, epoch, first, last } = channel;
    const producer = { name: by, epoch, first, seq: last + 1, hash: id };
    const untilMs = clock.nowMs() + limits.publishWithinMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const appended = await this.append(name, content, { ...options, id, producer });
        return { appended, attempts: attempt + 1 };
      } catch (error) {
        const delayMs = backoffMs(attempt, () => ids.chance(), backoffDefaults);
        const isWorth = error instanceof BrokerError && error.retryable;
        if (!isWorth || clock.nowMs() + delayMs > untilMs) {
          renumber(channel);
          throw error;
        }
        await new Promise<void>((go) => {
          clock.after(delayMs, go);
        });
      }
    }
  }
}

/** The number that was tried last may be in the log, or not: it is not used again. */
function renumber(channel: Channel): void {
  channel.epoch += 1;
  channel.last += 1;
  channel.first = channel.last + 1;
}
