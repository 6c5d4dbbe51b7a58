/**
 * One node's broker on a store: it follows for itself, and runs from its start to its stop.
 * In: the calls of the port. Out: answers of the store, and what is told to its ears. Fails: `BROKER_STOPPED` when it does not run, and as
 * the store does.
 */
import {
  type Appended,
  type AppendOptions,
  type Broker,
  BrokerError,
  type Bus,
  type Claims,
  type Ears,
  type Hear,
  type Log,
  type LogPage,
  type NewPublication,
  type PutOptions,
  type StatePage,
  type Supports,
  type Tops,
} from '../../ports/index.ts';
import type { Publication } from '../../wire/index.ts';
import type { Channel, Follower } from './channels.ts';
import type { MemoryLog } from './log.ts';
import type { Store } from './store.ts';

type Phase = 'new' | 'running' | 'stopped';

export class MemoryNode implements Broker, Follower {
  readonly supports: Supports;
  readonly log: Log;
  readonly claims: Claims;
  readonly bus: Bus;
  ears: Ears = { deliver: () => {}, hear: () => {} };
  private readonly store: Store;
  private phase: Phase = 'new';
  /** With the count of changes at which it began to be followed. */
  private readonly followed = new Map<Channel, number>();
  private readonly topics = new Set<string>();
  private readonly hear: Hear = (topic, message) => this.ears.hear(topic, message);

  constructor(store: Store) {
    const { producerMs, answersKept } = store.options;
    this.store = store;
    this.supports = { durability: ['memory'], producerMs, answersKept };
    this.log = {
      follow: async (channel) => this.follow(channel),
      unfollow: async (channel) => this.unfollow(channel),
      append: async (...what) => this.append(...what),
      read: async (channel, fromOffset, limit) =>
        this.page(channel, (log) => log.from(fromOffset, limit)),
      latest: async (channel, limit) => this.page(channel, (log) => log.latest(limit)),
      values: async (channel, afterOffset, limit) => this.values(channel, afterOffset, limit),
      tops: async (mark) => this.tops(mark),
    };
    this.claims = {
      get: async (key) => this.running().claims.get(key, this.nowMs()),
      put: async (key, value, options: PutOptions) =>
        this.running().claims.put(key, value, options, this.nowMs()),
      renew: async (key, revision, leaseMs) =>
        this.running().claims.renew(key, revision, leaseMs, this.nowMs()),
      release: async (key, revision) => this.running().claims.release(key, revision, this.nowMs()),
    };
    this.bus = {
      follow: async (topic) => {
        this.running().bus.follow(topic, this.hear);
        this.topics.add(topic);
      },
      unfollow: async (topic) => {
        this.running().bus.unfollow(topic, this.hear);
        this.topics.delete(topic);
      },
      send: async (topic, message) => this.running().bus.send(topic, message),
    };
  }

  async start(ears: Ears): Promise<void> {
    if (this.phase !== 'new') {
      throw new BrokerError('BROKER_STOPPED', 'a broker is started once: make another', false);
    }
    this.ears = ears;
    this.phase = 'running';
  }

  async stop(): Promise<void> {
    if (this.phase === 'running') {
      for (const { name } of this.followed.keys()) {
        this.unfollow(name);
      }
      for (const topic of this.topics) {
        this.store.bus.unfollow(topic, this.hear);
      }
    }
    this.phase = 'stopped';
  }

  private running(): Store {
    if (this.phase !== 'running') {
      throw new BrokerError('BROKER_STOPPED', 'the broker is not running', false);
    }
    return this.store;
  }

  private nowMs(): number {
    return this.store.options.nowMs();
  }

  private follow(name: string): void {
    const store = this.running();
    const nowMs = this.nowMs();
    const channel = store.channels.use(name, nowMs);
    channel.followers.add(this);
    store.channels.used(channel, nowMs);
    store.changes += 1;
    this.followed.set(channel, store.changes);
  }

  private unfollow(name: string): void {
    const { channels } = this.running();
    const channel = channels.find(name);
    if (channel !== undefined && this.followed.delete(channel)) {
      channel.followers.delete(this);
      channels.used(channel, this.nowMs());
    }
  }

  private append(name: string, publication: NewPublication, options: AppendOptions = {}): Appended {
    return this.running().append(name, publication, options);
  }

  private page(name: string, read: (log: MemoryLog) => readonly Publication[]): LogPage {
    const { log } = this.running().channels.shown(name);
    log.trim(this.nowMs());
    return { epoch: log.epoch, top: log.top, publications: read(log) };
  }

  private values(name: string, afterOffset: number, limit: number): StatePage {
    const { log, values } = this.running().channels.shown(name);
    values.trim(this.nowMs());
    const { epoch, top } = log;
    return { epoch, top, ...values.after(afterOffset, limit), forgotten: values.forgotten };
  }

  /** A mark is the count of changes at which it was given. */
  private tops(mark = ''): Tops {
    const { changes } = this.running();
    const since = /^[0-9]{1,16}$/.test(mark) && Number(mark) <= changes ? Number(mark) : -1;
    const tops = [];
    for (const [{ name, log, changed }, followedAt] of this.followed) {
      if (Math.max(changed, followedAt) > since) {
        tops.push({ channel: name, epoch: log.epoch, top: log.top });
      }
    }
    return { mark: String(changes), tops };
  }
}
