/**
 * Nodes on one store, each with its life and its presence; each can be cut off from the store, or be left without answers.
 */
import { memoryStore } from '../../../src/brokers/memory.ts';
import { Ids, platformRandom } from '../../../src/hub/ids.ts';
import { notesFor } from '../../../src/hub/notes.ts';
import { NodeLife } from '../../../src/hub/presence/node-life.ts';
import { type PresenceLimits, presenceLimits } from '../../../src/hub/presence/options.ts';
import { type Entrant, Presence } from '../../../src/hub/presence/presence.ts';
import {
  type Appended,
  type AppendOptions,
  type Broker,
  BrokerError,
  type Claims,
  type Log,
  type NewPublication,
  type Policy,
  type Post,
} from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import type { ErrorCode, Member, Publication, ServerMessage } from '../../../src/wire/index.ts';
import { type Gate, TestCaller } from '../calls/doubles.ts';

/** Everything that promises still had to do is done, on all nodes. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** `cut`: nothing arrives. `deaf`: what is asked is done, and nobody hears of it. */
export type Trouble = 'cut' | 'deaf' | undefined;

export class Session extends TestCaller implements Entrant {
  override generation = 1;

  refuse(
    id: number,
    code: ErrorCode,
    message: string,
    { retryable = false }: { readonly retryable?: boolean } = {},
  ): void {
    this.tell({ type: 'error', id, code, message, retryable });
  }

  get codes(): unknown[] {
    return this.got.map((message: ServerMessage) =>
      message.type === 'error' ? message.code : message.type,
    );
  }
}

export class PresenceNode {
  trouble: Trouble;
  /** Appends wait here first. */
  gate: Gate | undefined;
  readonly appends: NewPublication[] = [];
  readonly life: NodeLife;
  readonly presence: Presence;
  readonly broker: Broker;
  private readonly hears = new Map<string, (message: unknown) => void>();

  constructor(world: PresenceWorld, name: string, limits: PresenceLimits, policy: Partial<Policy>) {
    const { clock } = world;
    const ids = new Ids(clock, platformRandom);
    const notes = notesFor({ failed: (error) => world.failures.push(error) });
    this.broker = world.store.node();
    let lives = 0;
    const full = presenceLimits(limits);
    this.life = new NodeLife({
      claims: this.claims(),
      clock,
      notes,
      leaseMs: full.leaseMs,
      newName: () => {
        lives += 1;
        return `${name}.${lives}`;
      },
      reborn: () => this.presence.reborn(),
      beat: () => void this.presence.beat(),
    });
    this.presence = new Presence({
      log: this.log(),
      clock,
      notes,
      ids,
      node: () => this.life.name,
      post: this.post(),
      pageEntries: 3,
      isAlive: (node) => this.life.isAlive(node),
      policy: { connect: () => undefined, enter: () => true, ...policy },
      maxDataBytes: 1_000,
      limits: full,
    });
  }

  async start(): Promise<void> {
    await this.broker.start({
      deliver: () => undefined,
      hear: (topic, message) => this.hears.get(topic)?.(message),
    });
    await this.life.start();
    await this.presence.start();
  }

  private async reach<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.trouble === 'cut') {
      throw new BrokerError('BROKER_UNREACHABLE', 'nobody there', true);
    }
    const result = await work();
    if (this.trouble === 'deaf') {
      throw new BrokerError('BROKER_UNREACHABLE', 'no answer came', true);
    }
    return result;
  }

  private claims(): Claims {
    const { claims } = this.broker;
    return {
      get: (...args) => this.reach(() => claims.get(...args)),
      put: (...args) => this.reach(() => claims.put(...args)),
      renew: (...args) => this.reach(() => claims.renew(...args)),
      release: (...args) => this.reach(() => claims.release(...args)),
    };
  }

  private log(): Log {
    const { log } = this.broker;
    const append = async (
      channel: string,
      publication: NewPublication,
      options?: AppendOptions,
    ): Promise<Appended> => {
      this.appends.push(publication);
      await this.gate?.passed;
      return this.reach(() => log.append(channel, publication, options));
    };
    return {
      follow: (channel) => log.follow(channel),
      unfollow: (channel) => log.unfollow(channel),
      append,
      read: (...args) => this.reach(() => log.read(...args)),
      latest: (...args) => this.reach(() => log.latest(...args)),
      values: (...args) => this.reach(() => log.values(...args)),
      tops: (...args) => this.reach(() => log.tops(...args)),
    };
  }

  private post(): Post {
    const { broker, hears, life } = this;
    return {
      get node() {
        return life.name;
      },
      follow: async (topic, hear) => {
        hears.set(topic, hear);
        await broker.bus.follow(topic);
        return () => void hears.delete(topic);
      },
      send: (topic, message) => this.reach(() => broker.bus.send(topic, message)),
    };
  }
}

export class PresenceWorld {
  readonly clock = new ManualClock();
  readonly store = memoryStore({ nowMs: () => this.clock.nowMs() });
  readonly failures: unknown[] = [];
  private readonly limits: PresenceLimits;
  private readonly policy: Partial<Policy>;

  constructor(limits: PresenceLimits = {}, policy: Partial<Policy> = {}) {
    this.limits = limits;
    this.policy = policy;
  }

  async node(name: string): Promise<PresenceNode> {
    const node = new PresenceNode(this, name, this.limits, this.policy);
    await node.start();
    return node;
  }

  /** By steps, so that what a step caused is done before the next. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1_000) {
      this.clock.advance(Math.min(1_000, ms - passed));
      await settled();
    }
  }

  /** Every entry of the roster's log. */
  async entries(channel: string): Promise<readonly Publication[]> {
    const reader = this.store.node();
    await reader.start({ deliver: () => undefined, hear: () => undefined });
    const { publications } = await reader.log.read(`~roster:${channel}`, 0, 1_000);
    await reader.stop();
    return publications;
  }

  /** What each session did in the roster, in order: + join, = update, - leave, ! a leave of nobody. */
  async story(channel: string): Promise<Record<string, string>> {
    const said: Record<string, string> = {};
    for (const { key, removed } of await this.entries(channel)) {
      const before = said[key!] ?? '';
      const isIn = before !== '' && !/[-!]$/.test(before);
      const leave = isIn ? '-' : '!';
      const stay = isIn ? '=' : '+';
      said[key!] = before + (removed === true ? leave : stay);
    }
    return said;
  }

  async members(channel: string): Promise<Map<string, Member>> {
    const members = new Map<string, Member>();
    for (const { key, removed, data } of await this.entries(channel)) {
      if (removed === true) {
        members.delete(key!);
      } else {
        members.set(key!, data as Member);
      }
    }
    return members;
  }
}
