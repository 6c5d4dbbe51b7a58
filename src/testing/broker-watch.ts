/**
 * A broker with somebody who listens: what was delivered is kept, and can be waited for.
 * In: a broker, not started. Out: its deliveries, by channel. Fails: not by itself; what never comes is waited for without end, so
 * the runner's own time limit says so.
 */
import type { Broker, NewPublication } from '../ports/index.ts';
import type { Position, Publication } from '../wire/index.ts';
import { mustEqual } from './expect.ts';

export interface Delivery {
  readonly epoch: string;
  readonly publication: Publication;
}

export class BrokerWatch {
  readonly broker: Broker;
  private readonly deliveries = new Map<string, Delivery[]>();
  private readonly waiting = new Set<() => void>();
  private made = 0;

  private constructor(broker: Broker) {
    this.broker = broker;
  }

  /** Makes a broker, starts it, and stops it when `work` is done, however that went. */
  static async over(
    make: () => Promise<Broker>,
    work: (watch: BrokerWatch) => Promise<void>,
  ): Promise<void> {
    const watch = new BrokerWatch(await make());
    await watch.broker.start((channel, epoch, publication) => {
      watch.delivered(channel).push({ epoch, publication });
      for (const check of watch.waiting) {
        check();
      }
    });
    try {
      await work(watch);
    } finally {
      await watch.broker.stop();
    }
  }

  /** All that was delivered on this channel so far, in the order in which it came. */
  delivered(channel: string): Delivery[] {
    let list = this.deliveries.get(channel);
    if (list === undefined) {
      list = [];
      this.deliveries.set(channel, list);
    }
    return list;
  }

  /** Resolves when so many entries have been delivered on this channel. */
  reached(channel: string, count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.delivered(channel).length >= count) {
          this.waiting.delete(check);
          resolve();
        }
      };
      this.waiting.add(check);
      check();
    });
  }

  /** An entry that differs from every other. */
  next(data: unknown = null): NewPublication {
    this.made += 1;
    return { id: `entry-${this.made}`, data, atMs: 1_700_000_000_000 + this.made };
  }

  /** Appends so many entries, one after the other. */
  async publish(channel: string, count: number): Promise<Position[]> {
    const positions: Position[] = [];
    for (let i = 0; i < count; i += 1) {
      positions.push(await this.broker.publish(channel, this.next(i)));
    }
    return positions;
  }
}

/** Whether these entries follow each other from the beginning of a log, with nothing in between. */
export function mustBeChain(publications: readonly Publication[], what: string): void {
  let last = { offset: 0, id: '' };
  for (const { offset, id, prev } of publications) {
    mustEqual(prev, last, `${what}: prev of the entry at ${offset}`);
    mustEqual(offset > last.offset, true, `${what}: offset ${offset} after ${last.offset}`);
    last = { offset, id };
  }
}

export function publicationsOf(deliveries: readonly Delivery[]): Publication[] {
  return deliveries.map(({ publication }) => publication);
}
