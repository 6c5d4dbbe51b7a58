/**
 * The bus in memory: what is sent to a topic is heard by all who follow it, the sender included, before `send` resolves but never while
 * it is being called: a hub may send in the midst of a step.
 * In: topics and messages. Out: calls, in the order of sending. Fails: `BROKER_FULL`, with the TypeError of JSON, or as a listener does.
 */
import { BrokerError } from '../../ports/index.ts';
import type { Follower } from './channels.ts';
import { copied } from './data.ts';
import { tellAll } from './telling.ts';

/** Messages that were sent and not yet heard. */
export const maxWaitingMessages = 10_000;

export class MemoryBus {
  private readonly topics = new Map<string, Set<Follower>>();
  private waiting = 0;

  follow(topic: string, follower: Follower): void {
    const followers = this.topics.get(topic) ?? new Set();
    followers.add(follower);
    this.topics.set(topic, followers);
  }

  unfollow(topic: string, follower: Follower): void {
    const followers = this.topics.get(topic);
    followers?.delete(follower);
    if (followers?.size === 0) {
      this.topics.delete(topic);
    }
  }

  async send(topic: string, message: unknown): Promise<void> {
    const { data } = copied(message);
    if (this.waiting >= maxWaitingMessages) {
      throw new BrokerError('BROKER_FULL', 'too many messages wait to be heard', true);
    }
    this.waiting += 1;
    // Whatever is sent waits one turn of the queue, which is in the order of sending.
    await Promise.resolve();
    this.waiting -= 1;
    const followers = this.topics.get(topic);
    tellAll([...(followers ?? [])], (follower) => {
      if (followers?.has(follower)) {
        follower.ears.hear(topic, data);
      }
    });
  }
}
