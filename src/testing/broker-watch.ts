/**
 * A broker with somebody who listens: what it was told is kept, and can be waited for.
 * In: a broker, not started. Out: its deliveries by channel, what it heard by topic. Fails: not by itself; what never comes is waited for
 * without end, so the runner's own time limit says so.
 */
import type {
  Appended,
  AppendOptions,
  Broker,
  Bus,
  Claims,
  Log,
  NewPublication,
} from '../ports/index.ts';
import type { Position, Publication } from '../wire/index.ts';
import { mustBe, mustEqual } from './expect.ts';

export interface Delivery {
  readonly epoch: string;
  readonly publication: Publication;
}

export class BrokerWatch {
  readonly broker: Broker;
  private readonly name: string;
  private readonly deliveries = new Map<string, Delivery[]>();
  private readonly messages = new Map<string, unknown[]>();
  private readonly waiting = new Set<() => void>();
  private made = 0;

  private constructor(broker: Broker, name: string) {
    this.broker = broker;
    this.name = name;
  }

  /** @param name Stands in the ids of its entries: another for each watch. */
  static async start(broker: Broker, name: string): Promise<BrokerWatch> {
    const watch = new BrokerWatch(broker, name);
    await broker.start({
      deliver(channel, epoch, publication) {
        watch.delivered(channel).push({ epoch, publication });
        watch.check();
      },
      hear(topic, message) {
        watch.heard(topic).push(message);
        watch.check();
      },
    });
    return watch;
  }

  get log(): Log {
    return this.broker.log;
  }

  get claims(): Claims {
    return this.broker.claims;
  }

  get bus(): Bus {
    return this.broker.bus;
  }

  /** All that was delivered on this channel so far, in the order in which it came. */
  delivered(channel: string): Delivery[] {
    return listOf(this.deliveries, channel);
  }

  /** All that was heard on this topic so far, in the order in which it came. */
  heard(topic: string): unknown[] {
    return listOf(this.messages, topic);
  }

  /** Resolves when so many entries have been delivered on this channel. */
  reached(channel: string, count: number): Promise<void> {
    return this.until(() => this.delivered(channel).length >= count);
  }

  /** Resolves when so many messages have been heard on this topic. */
  hears(topic: string, count: number): Promise<void> {
    return this.until(() => this.heard(topic).length >= count);
  }

  /** An entry that differs from every other. */
  next(data: unknown = null, more: Partial<NewPublication> = {}): NewPublication {
    this.made += 1;
    const id = `entry-${this.name}-${this.made}`;
    return { id, data, atMs: 1_700_000_000_000 + this.made, ...more };
  }

  /** Appends an entry, which nothing may refuse. */
  async append(
    channel: string,
    publication: NewPublication = this.next(),
    options?: AppendOptions,
  ): Promise<Position> {
    return positionOf(await this.log.append(channel, publication, options));
  }

  /** Appends so many entries, one after the other. */
  async appendMany(channel: string, count: number): Promise<Position[]> {
    const positions: Position[] = [];
    for (let i = 0; i < count; i += 1) {
      positions.push(await this.append(channel, this.next(i)));
    }
    return positions;
  }

  private until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (holds()) {
          this.waiting.delete(check);
          resolve();
        }
      };
      this.waiting.add(check);
      check();
    });
  }

  private check(): void {
    for (const check of this.waiting) {
      check();
    }
  }
}

function listOf<Item>(lists: Map<string, Item[]>, name: string): Item[] {
  let list = lists.get(name);
  if (list === undefined) {
    list = [];
    lists.set(name, list);
  }
  return list;
}

/** Where it was appended, which it must have been. */
export function positionOf(appended: Appended): Position {
  mustBe(appended.outcome === 'appended', `appended, not ${JSON.stringify(appended)}`);
  return (appended as Extract<Appended, { outcome: 'appended' }>).position;
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
