/**
 * The engine behind the hubs: the memory broker that is shipped, far away, and with the faults of a replicated one.
 * In: calls of nodes. Out: what the store answers, later; or nothing; or `BROKER_UNREACHABLE`, done or not. It writes down every entry that
 * was ever appended, and those that it lost.
 */
import { type MemoryStore, memoryStore } from '../../src/brokers/memory.ts';
import {
  type Appended,
  type AppendOptions,
  type Broker,
  BrokerError,
  type Ears,
  type NewPublication,
} from '../../src/ports/index.ts';
import type { Link } from '../../src/wire/index.ts';
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';

/** What goes wrong at present. */
export interface EngineFaults {
  /** Longest way of a call, of an answer, of an announcement, in milliseconds. */
  delayMs: number;
  /** How likely an answer gets lost after the call was done. */
  answerLoss: number;
  /** How likely an announcement gets lost. */
  announcementLoss: number;
  isDown: boolean;
}

/** One entry, in the life of the log in which it was appended. */
export interface TrueEntry extends Link {
  readonly channel: string;
  readonly epoch: string;
  readonly prev: Link;
  readonly data: unknown;
  readonly atMs: number;
  /** Of keyed state. */
  readonly key: string | undefined;
  readonly removed: boolean;
}

interface Step {
  readonly channel: string;
  readonly publication: NewPublication;
  readonly options: AppendOptions;
}

/** Answers one call: what the store does, and what becomes of that on the way. */
type Call = <Value>(act: () => Promise<Value>) => Promise<Value>;

export class Engine {
  readonly faults: EngineFaults = { delayMs: 5, answerLoss: 0, announcementLoss: 0, isDown: false };
  /** All that were ever appended, lost ones too, in the order in which that was. */
  readonly entries: TrueEntry[] = [];
  /** How often it forgot its latest entries, and how often all of them. */
  rewinds = 0;
  flushes = 0;
  private readonly time: Time;
  private readonly chance: Chance;
  private readonly maxEntries: number;
  private store: MemoryStore;
  /** How often it forgot all claims, those it had acknowledged included. */
  claimLosses = 0;
  private claims: MemoryStore;
  private steps: Step[] = [];
  private readonly nodes = new Set<NodeBroker>();

  constructor(time: Time, chance: Chance, maxEntries: number) {
    this.time = time;
    this.chance = chance;
    this.maxEntries = maxEntries;
    this.store = this.makeStore();
    this.claims = this.makeStore();
  }

  node(): NodeBroker {
    const node = new NodeBroker(this, this.time, this.chance.fork(), this.claims.node());
    this.nodes.add(node);
    return node;
  }

  /** A replica takes over that has not got the last `count` entries; the offsets of those are handed out again. */
  async rewind(count: number): Promise<void> {
    this.rewinds += 1;
    this.steps.splice(Math.max(0, this.steps.length - count));
    await this.rebuild();
  }

  /** All is gone, and begins anew. */
  async flush(): Promise<void> {
    this.flushes += 1;
    this.steps.length = 0;
    await this.rebuild();
  }

  /** What held before holds no more, and whoever asks first has it. */
  async loseClaims(): Promise<void> {
    this.claimLosses += 1;
    this.claims = this.makeStore();
    for (const node of this.nodes) {
      await node.claimAt(this.claims.node());
    }
  }

  /** At once, as no node can. */
  async read(channel: string): Promise<{ readonly epoch: string; readonly top: Link }> {
    const node = this.store.node();
    await node.start({ deliver() {}, hear() {} });
    const { epoch, top } = await node.log.latest(channel, 1);
    await node.stop();
    return { epoch, top };
  }

  innerNode(): Broker {
    return this.store.node();
  }

  leave(node: NodeBroker): void {
    this.nodes.delete(node);
  }

  /** Marks are understood by the life of the engine that gave them. */
  get life(): string {
    return `${this.rewinds}.${this.flushes}`;
  }

  async append(inner: Broker, step: Step): Promise<Appended> {
    const before = (await inner.log.latest(step.channel, 1)).top;
    const answer = await inner.log.append(step.channel, step.publication, step.options);
    if (answer.outcome === 'appended' && !answer.duplicate) {
      const { channel, publication } = step;
      const { epoch, offset } = answer.position;
      const { id, data, atMs, key, removed = false } = publication;
      this.steps.push(step);
      this.entries.push({ channel, epoch, offset, id, data, atMs, key, removed, prev: before });
    }
    return answer;
  }

  private async rebuild(): Promise<void> {
    this.store = this.makeStore();
    const writer = this.store.node();
    await writer.start({ deliver() {}, hear() {} });
    for (const { channel, publication, options } of this.steps) {
      await writer.log.append(channel, publication, options);
    }
    for (const node of this.nodes) {
      await node.moveTo(this.store.node());
    }
  }

  private makeStore(): MemoryStore {
    const epoch = `epoch${this.flushes}`;
    const { time, maxEntries } = this;
    return memoryStore({ maxEntries, nowMs: () => time.nowMs, randomId: () => epoch });
  }
}

/** One node's way to the engine. It keeps the order of what is sent on it, as a connection does. */
export class NodeBroker implements Broker {
  readonly supports: Broker['supports'];
  readonly log: Broker['log'];
  readonly claims: Broker['claims'];
  readonly bus: Broker['bus'];
  private readonly engine: Engine;
  private readonly time: Time;
  private readonly chance: Chance;
  private claimant: Broker;
  private inner: Broker;
  private ears: Ears | undefined;
  private readonly followed = new Set<string>();
  private readonly topics = new Set<string>();
  private readonly lastMs = { there: 0, back: 0, told: 0 };

  constructor(engine: Engine, time: Time, chance: Chance, claimant: Broker) {
    this.engine = engine;
    this.time = time;
    this.chance = chance;
    this.claimant = claimant;
    this.inner = engine.innerNode();
    this.supports = this.inner.supports;
    const call: Call = (act) => this.call(act);
    const { followed, topics } = this;
    this.log = {
      follow: (channel) =>
        call(async () => {
          followed.add(channel);
          await this.inner.log.follow(channel);
        }),
      unfollow: (channel) =>
        call(async () => {
          followed.delete(channel);
          await this.inner.log.unfollow(channel);
        }),
      append: (channel, publication, options = {}) =>
        call(() => engine.append(this.inner, { channel, publication, options })),
      read: (...what) => call(() => this.inner.log.read(...what)),
      latest: (...what) => call(() => this.inner.log.latest(...what)),
      values: (...what) => call(() => this.inner.log.values(...what)),
      tops: (mark) =>
        call(async () => {
          const [life, own] = mark?.split(' ') ?? [];
          const found = await this.inner.log.tops(life === engine.life ? own : undefined);
          return { ...found, mark: `${engine.life} ${found.mark}` };
        }),
    };
    this.claims = {
      get: (...what) => call(() => this.claimant.claims.get(...what)),
      put: (...what) => call(() => this.claimant.claims.put(...what)),
      renew: (...what) => call(() => this.claimant.claims.renew(...what)),
      release: (...what) => call(() => this.claimant.claims.release(...what)),
    };
    this.bus = {
      follow: (topic) =>
        call(async () => {
          topics.add(topic);
          await this.inner.bus.follow(topic);
        }),
      unfollow: (topic) =>
        call(async () => {
          topics.delete(topic);
          await this.inner.bus.unfollow(topic);
        }),
      send: (...what) => call(() => this.inner.bus.send(...what)),
    };
  }

  async start(ears: Ears): Promise<void> {
    this.ears = ears;
    await this.claimant.start({ deliver() {}, hear() {} });
    await this.inner.start(this.innerEars(this.inner));
  }

  async stop(): Promise<void> {
    this.crash();
    this.engine.leave(this);
    await this.inner.stop();
    await this.claimant.stop();
  }

  /** Its process is gone: what it sent may still arrive, at whatever engine is there by then, and nobody hears the answers. */
  crash(): void {
    this.ears = undefined;
    this.followed.clear();
    this.topics.clear();
  }

  async claimAt(claimant: Broker): Promise<void> {
    this.claimant = claimant;
    await claimant.start({ deliver() {}, hear() {} });
  }

  async moveTo(inner: Broker): Promise<void> {
    this.inner = inner;
    await inner.start(this.innerEars(inner));
    for (const channel of this.followed) {
      await inner.log.follow(channel);
    }
    for (const topic of this.topics) {
      await inner.bus.follow(topic);
    }
  }

  private innerEars(inner: Broker): Ears {
    const tell = (act: (ears: Ears) => void): void => {
      const { announcementLoss } = this.engine.faults;
      // The connection to an engine that was replaced says nothing more.
      if (inner === this.inner && !this.chance.happens(announcementLoss)) {
        this.later('told', () => this.ears && act(this.ears));
      }
    };
    return {
      deliver: (...what) => tell((ears) => ears.deliver(...what)),
      hear: (...what) => tell((ears) => ears.hear(...what)),
    };
  }

  private call<Value>(act: () => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.later('there', () => {
        const { isDown, answerLoss } = this.engine.faults;
        if (isDown) {
          this.answer(() => reject(unreachable('it was not done')));
          return;
        }
        const isLost = this.chance.happens(answerLoss);
        act().then(
          (value) =>
            this.answer(() => (isLost ? reject(unreachable('it was done')) : resolve(value))),
          (error: unknown) => this.answer(() => reject(error as Error)),
        );
      });
    });
  }

  private answer(tell: () => void): void {
    this.later('back', () => {
      if (this.ears !== undefined) {
        tell();
      }
    });
  }

  private later(way: keyof NodeBroker['lastMs'], act: () => void): void {
    const { time, lastMs } = this;
    const dueMs = Math.max(
      lastMs[way],
      time.nowMs + this.chance.next() * this.engine.faults.delayMs,
    );
    lastMs[way] = dueMs;
    time.at(dueMs, act);
  }
}

function unreachable(what: string): BrokerError {
  return new BrokerError('BROKER_UNREACHABLE', `no answer: ${what}`, true);
}
