/**
 * The bus between the nodes of one process: what is sent to a topic is heard by all who follow it, the sender included, before `send` resolves
 * but never while it is being called. Nothing of it is stored.
 * In: topics and messages. Out: calls, in the order of sending. Fails: `BROKER_FULL`, or with the TypeError of JSON.
 */
import { copyOf } from '../../ground/bytes.ts';
import { BrokerError, type Hear } from '../../ports/index.ts';

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
    const copy = copied(message);
    if (this.waiting >= maxWaitingMessages) {
      throw new BrokerError('BROKER_FULL', 'too many messages wait to be heard', true);
    }
    this.waiting += 1;
    // Whatever is sent waits one turn of the queue, which is in the order of sending.
    await Promise.resolve();
    this.waiting -= 1;
    const listeners = this.topics.get(topic);
    // A list of its own: who leaves and comes back while others are told must not be told twice.
    const present = Array.from(listeners ?? []);
    for (const hear of present) {
      if (listeners?.has(hear) === true) {
        hear(topic, copy);
      }
    }
  }
}

function copied(message: unknown): unknown {
  if (message instanceof Uint8Array) {
    return copyOf(message);
  }
  const json = JSON.stringify(message) as string | undefined;
  if (json === undefined) {
    throw new TypeError('a message must be a JSON value, or bytes');
  }
  return JSON.parse(json);
}
