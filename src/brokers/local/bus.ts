/**
 * The bus of engines whose nodes share a process: what is sent to a topic is heard by all who follow it, the sender included, before `send`
 * resolves but never while it is being called: a hub may send in the midst of a step. Nothing of it is stored.
 * In: topics and messages. Out: calls, in the order of sending. Fails: `BROKER_FULL`, with the TypeError of JSON, or as a listener does.
 */
import { BrokerError, type Hear } from '../../ports/index.ts';
import { copied } from './copied.ts';
import { tellPresent } from './telling.ts';

/** Messages that were sent and not yet heard. */
export const maxWaitingMessages = 10_000;

export class LocalBus {
  private readonly topics = new Map<string, Set<Hear>>();
  private waiting = 0;

  follow(topic: string, hear: Hear): void {
    const listeners = this.topics.get(topic) ?? new Set();
    listeners.add(hear);
    this.topics.set(topic, listeners);
  }

  unfollow(topic: string, hear: Hear): void {
    const listeners = this.topics.get(topic);
    listeners?.delete(hear);
    if (listeners?.size === 0) {
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
    const listeners = this.topics.get(topic);
    if (listeners !== undefined) {
      tellPresent(listeners, (hear) => hear(topic, data));
    }
  }
}
