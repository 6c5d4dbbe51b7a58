/**
 * The post between nodes: one hub's topics on the broker's bus, for as many of its rooms as want to hear them.
 * In: topics and messages. Out: each message, to all who follow its topic here. Fails: `follow` and `send` reject as the broker
 * does; one who throws while hearing disturbs nobody else.
 */
import type { Broker, Hear, Post } from '../ports/index.ts';
import type { Notes } from './notes.ts';
import { WorkQueue } from './session/work-queue.ts';

interface Topic {
  readonly hearers: Set<(message: unknown) => void>;
  /** What the bus is asked about this topic, one thing after another. */
  readonly asking: WorkQueue;
  isFollowed: boolean;
}

export class PostRoom implements Post {
  private readonly nodeName: () => string;
  private readonly broker: Pick<Broker, 'bus'>;
  private readonly notes: Pick<Notes, 'failed'>;
  /** Those that somebody here follows, or did until the bus has been told. */
  private readonly topics = new Map<string, Topic>();

  /** @param nodeName Of the node's present life: it may have another later. */
  constructor(nodeName: () => string, broker: Pick<Broker, 'bus'>, notes: Pick<Notes, 'failed'>) {
    this.nodeName = nodeName;
    this.broker = broker;
    this.notes = notes;
  }

  get node(): string {
    return this.nodeName();
  }

  /** For the broker. What comes for a topic that nobody follows any more is ignored. */
  readonly hear: Hear = (name, message) => {
    for (const hearer of this.topics.get(name)?.hearers ?? []) {
      try {
        hearer(message);
      } catch (error) {
        this.notes.failed(error);
      }
    }
  };

  async follow(name: string, hear: (message: unknown) => void): Promise<() => void> {
    const topic = this.topics.get(name) ?? this.begin(name);
    // Its own for each call: the same function given twice is left once for each.
    const hearer = (message: unknown): void => hear(message);
    topic.hearers.add(hearer);
    const leave = (): void => {
      if (topic.hearers.delete(hearer)) {
        void this.settle(name, topic).catch(this.notes.failed);
      }
    };
    try {
      await this.settle(name, topic);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  send(topic: string, message: unknown): Promise<void> {
    return this.broker.bus.send(topic, message);
  }

  private begin(name: string): Topic {
    const topic: Topic = { hearers: new Set(), asking: new WorkQueue(), isFollowed: false };
    this.topics.set(name, topic);
    return topic;
  }

  /** Asks the bus for what is wanted by the time at which it can be asked. */
  private settle(name: string, topic: Topic): Promise<void> {
    return topic.asking.run(async () => {
      const { bus } = this.broker;
      if (topic.hearers.size > 0 && !topic.isFollowed) {
        await bus.follow(name);
        topic.isFollowed = true;
      } else if (topic.hearers.size === 0 && topic.isFollowed) {
        topic.isFollowed = false;
        await bus.unfollow(name);
      }
      if (topic.hearers.size === 0 && this.topics.get(name) === topic) {
        this.topics.delete(name);
      }
    });
  }
}
