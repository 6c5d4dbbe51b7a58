/**
 * One direction of a connection: it keeps its order, takes its time, and is cut at any item.
 * In: items. Out: the same, later, or never. Cannot fail.
 */
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';

export interface NetworkFaults {
  /** Longest way of one message, in milliseconds. */
  delayMs: number;
  /** How likely it is that a connection ends with this message, which is not delivered. */
  cut: number;
  /** Of those ends, how many neither side is told of. */
  halfOpen: number;
}

/** What all ways have in common. */
interface Air {
  readonly time: Time;
  readonly chance: Chance;
  readonly faults: NetworkFaults;
}

/** The connection of which it is a part. */
interface Ended {
  /** Nothing passes now. */
  readonly isParted: boolean;
  end(isTold: boolean): void;
}

/** How often what waits for a client of kind `poll` goes, in milliseconds. */
const pollMs = 150;

interface Item {
  readonly size: number;
  readonly arrive: () => void;
}

/** `stream`: each item by itself. `requests`: one after another. `polls`: together with what waits for the same request. */
export type Pace = 'stream' | 'requests' | 'polls';

/** One direction of a connection. */
export class Way {
  isCut = false;
  stalledUntilMs = 0;
  /** Sent, and not arrived. */
  bytes = 0;
  private readonly connection: Ended;
  private readonly network: Air;
  private readonly pace: Pace;
  private readonly items: Item[] = [];
  private lastMs = 0;
  private waiting: (() => void)[] = [];

  constructor(connection: Ended, network: Air, pace: Pace) {
    this.connection = connection;
    this.network = network;
    this.pace = pace;
  }

  carry(size: number, arrive: () => void): void {
    const { time, chance, faults } = this.network;
    if (!this.isCut && chance.happens(faults.cut)) {
      this.connection.end(!chance.happens(faults.halfOpen));
    }
    if (this.isCut) {
      return;
    }
    this.bytes += size;
    this.items.push({ size, arrive });
    const wayMs = chance.next() * faults.delayMs;
    this.lastMs = Math.max(this.due(wayMs), this.stalledUntilMs);
    time.at(this.lastMs, this.next);
  }

  private due(wayMs: number): number {
    const { nowMs } = this.network.time;
    const { lastMs, pace } = this;
    if (pace === 'requests') {
      return Math.max(lastMs, nowMs) + wayMs;
    }
    const dueMs = Math.max(lastMs, nowMs + wayMs);
    return pace === 'polls' ? Math.ceil(dueMs / pollMs) * pollMs : dueMs;
  }

  /** Each item has one call; while the two are parted, or it stalls, it waits. */
  private readonly next = (): void => {
    const { time } = this.network;
    if (this.isCut || this.connection.isParted) {
      return;
    }
    if (time.nowMs < this.stalledUntilMs) {
      time.at(this.stalledUntilMs, this.next);
      return;
    }
    const item = this.items.shift();
    if (item !== undefined) {
      this.bytes -= item.size;
      item.arrive();
      if (this.bytes === 0) {
        this.drain();
      }
    }
  };

  resume(): void {
    const { time } = this.network;
    for (let left = this.items.length; left > 0; left -= 1) {
      time.at(time.nowMs, this.next);
    }
  }

  drained(): Promise<void> {
    if (this.bytes === 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  drain(): void {
    for (const go of this.waiting.splice(0)) {
      go();
    }
  }
}
