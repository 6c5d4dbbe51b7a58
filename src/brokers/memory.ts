/**
 * `tautline/brokers/memory`: the log in the memory of one process, for one hub. It is gone with the process: those who come back
 * later meet a gap of reason `epoch`.
 * In: publications. Out: the same, in the order of the log. Fails: with a `BrokerError`, or with the TypeError of JSON for data
 * that it cannot say.
 */
import {
  type Broker,
  BrokerError,
  type Deliver,
  type LogPage,
  type NewPublication,
} from '../ports/index.ts';
import { at, type Position, type Publication } from '../wire/index.ts';
import { type Idle, IdleOrder } from './memory/idle-order.ts';
import { MemoryLog } from './memory/log.ts';
import { type FullMemoryOptions, fullMemoryOptions, type MemoryOptions } from './memory/options.ts';

export { type MemoryOptions, memoryDefaults } from './memory/options.ts';

export function memory(options: MemoryOptions = {}): Broker {
  return new MemoryBroker(fullMemoryOptions(options));
}

/** Announcements that one delivery may cause before it has returned: a chain without end ends here. */
export const maxWaitingAnnouncements = 10_000;

interface Channel extends Idle<Channel> {
  readonly name: string;
  readonly log: MemoryLog;
  subscribed: boolean;
  /** When it was last published to, or last lost its subscriber. */
  usedMs: number;
}

interface Announcement {
  readonly channel: Channel;
  readonly publication: Publication;
}

/** Every step is synchronous, and therefore atomic: promises are only the shape of the port. */
class MemoryBroker implements Broker {
  private readonly options: FullMemoryOptions;
  /** Given between start and stop. */
  private deliver: Deliver | undefined;
  private readonly channels = new Map<string, Channel>();
  /** Those that nobody is subscribed to. */
  private readonly idle = new IdleOrder<Channel>();
  /** Of all logs that begin from now on, until one is forgotten: what comes back after that must be told apart. */
  private nextEpoch: string;
  private readonly announcements: Announcement[] = [];
  private isAnnouncing = false;
  private latestAtMs = 0;

  constructor(options: FullMemoryOptions) {
    this.options = options;
    this.nextEpoch = options.randomId();
  }

  async start(deliver: Deliver): Promise<void> {
    this.deliver = deliver;
  }

  async subscribe(name: string): Promise<void> {
    this.mustRun();
    const channel = this.channels.get(name) ?? this.begin(name);
    channel.subscribed = true;
    this.idle.remove(channel);
  }

  async unsubscribe(name: string): Promise<void> {
    this.mustRun();
    const channel = this.channels.get(name);
    if (channel === undefined || !channel.subscribed) {
      return;
    }
    channel.subscribed = false;
    if (channel.log.top.offset === 0) {
      // Nothing is lost with it, and names that were only tried take no room.
      this.channels.delete(name);
    } else {
      this.used(channel);
    }
  }

  async publish(name: string, publication: NewPublication): Promise<Position> {
    this.mustRun();
    const json = toJson(publication.data);
    if (this.announcements.length >= maxWaitingAnnouncements) {
      throw new BrokerError('BROKER_FULL', 'a delivery caused too many publications', true);
    }
    this.latestAtMs = Math.max(this.latestAtMs, publication.atMs);
    const channel = this.channels.get(name) ?? this.begin(name);
    // A copy: what the publisher does to its own object later must not change the log.
    const data: unknown = JSON.parse(json);
    const entry = channel.log.append({ ...publication, data }, json.length);
    if (channel.subscribed) {
      this.announce({ channel, publication: entry });
    } else {
      this.used(channel);
    }
    return at(channel.log.epoch, entry);
  }

  async read(name: string, fromOffset: number, limit: number): Promise<LogPage> {
    return this.page(name, (log) => log.from(fromOffset, limit));
  }

  async latest(name: string, limit: number): Promise<LogPage> {
    return this.page(name, (log) => log.latest(limit));
  }

  async stop(): Promise<void> {
    this.deliver = undefined;
    this.channels.clear();
    this.idle.clear();
    this.announcements.length = 0;
    // Started again it is another log.
    this.nextEpoch = this.options.randomId();
  }

  private mustRun(): void {
    if (this.deliver === undefined) {
      throw new BrokerError('BROKER_STOPPED', 'the broker is not running', false);
    }
  }

  /** Reading makes no channel: one that does not exist yet shows the life that it would begin. */
  private page(name: string, read: (log: MemoryLog) => readonly Publication[]): LogPage {
    this.mustRun();
    const log = this.channels.get(name)?.log ?? new MemoryLog(this.nextEpoch, this.options);
    return { epoch: log.epoch, top: log.top, publications: read(log) };
  }

  private begin(name: string): Channel {
    if (this.channels.size >= this.options.maxChannels) {
      this.forgetOne();
    }
    const log = new MemoryLog(this.nextEpoch, this.options);
    const channel = { name, log, subscribed: false, usedMs: 0, older: undefined, newer: undefined };
    this.channels.set(name, channel);
    return channel;
  }

  private forgetOne(): void {
    const { oldest } = this.idle;
    if (oldest === undefined || this.nowMs() - oldest.usedMs < this.options.forgetAfterMs) {
      throw new BrokerError('BROKER_FULL', 'there are too many channels', true);
    }
    this.idle.remove(oldest);
    this.channels.delete(oldest.name);
    this.nextEpoch = this.options.randomId();
  }

  private used(channel: Channel): void {
    channel.usedMs = this.nowMs();
    this.idle.remove(channel);
    this.idle.add(channel);
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? this.latestAtMs;
  }

  /** A delivery may publish: what it publishes waits until everyone has been told of the entry before. */
  private announce(announcement: Announcement): void {
    this.announcements.push(announcement);
    if (this.isAnnouncing) {
      return;
    }
    this.isAnnouncing = true;
    let told = 0;
    try {
      while (told < this.announcements.length) {
        const { channel, publication } = this.announcements[told]!;
        told += 1;
        if (channel.subscribed) {
          this.deliver?.(channel.name, channel.log.epoch, publication);
        }
      }
    } finally {
      this.announcements.splice(0, told);
      this.isAnnouncing = false;
    }
  }
}

function toJson(data: unknown): string {
  const json = JSON.stringify(data) as string | undefined;
  if (json === undefined) {
    throw new TypeError('the data of a publication must be a JSON value');
  }
  return json;
}
