/**
 * Nodes on one store, each of which can lose what the bus carries, what logs announce, or its way to the store; and clients that note when
 * they were told what.
 */
import { type MemoryOptions, memoryStore } from '../../../src/brokers/memory.ts';
import type { Shared } from '../../../src/ground/shared.ts';
import { createHub, type Hub, type HubOptions } from '../../../src/hub/index.ts';
import { type Broker, BrokerError, type Policy } from '../../../src/ports/index.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import type { ServerMessage, Welcome } from '../../../src/wire/index.ts';
import { openPolicy, settled, TestClient } from '../world.ts';

export const leaseMs = 9_000;

export type Resume = Pick<Welcome, 'session' | 'secret'>;

/** A node's way to the store. */
export class Way {
  /** What it asks fails, and what is told does not come. */
  isCut = false;
  /** What it asks fails; what is told comes. */
  isMute = false;
  /** Whether a message of the bus is lost on the way to this node. */
  losesMessage: () => boolean = () => false;

  around(broker: Broker): Broker {
    const ask = <Value>(act: () => Promise<Value>): Promise<Value> =>
      this.isCut || this.isMute
        ? Promise.reject(new BrokerError('BROKER_UNREACHABLE', 'nobody there', true))
        : act();
    const { log, claims, bus } = broker;
    return {
      supports: broker.supports,
      log: {
        follow: (...what) => ask(() => log.follow(...what)),
        unfollow: (...what) => ask(() => log.unfollow(...what)),
        append: (...what) => ask(() => log.append(...what)),
        read: (...what) => ask(() => log.read(...what)),
        latest: (...what) => ask(() => log.latest(...what)),
        values: (...what) => ask(() => log.values(...what)),
        tops: (...what) => ask(() => log.tops(...what)),
      },
      claims: {
        get: (...what) => ask(() => claims.get(...what)),
        put: (...what) => ask(() => claims.put(...what)),
        renew: (...what) => ask(() => claims.renew(...what)),
        release: (...what) => ask(() => claims.release(...what)),
      },
      bus: {
        follow: (...what) => ask(() => bus.follow(...what)),
        unfollow: (...what) => ask(() => bus.unfollow(...what)),
        send: (...what) => ask(() => bus.send(...what)),
      },
      start: ({ deliver, hear }) =>
        broker.start({
          deliver: (...what) => this.isCut || deliver(...what),
          hear: (...what) => this.isCut || this.losesMessage() || hear(...what),
        }),
      stop: () => broker.stop(),
    };
  }
}

/** Notes when it was told what was published. */
export class Reader extends TestClient {
  readonly heard: { readonly data: unknown; readonly atMs: number }[] = [];
  private readonly clock: ManualClock;

  constructor(clock: ManualClock) {
    super();
    this.clock = clock;
  }

  override send(message: Shared<ServerMessage>): void {
    super.send(message);
    const { value } = message;
    if (value.type === 'publication') {
      this.heard.push({ data: value.publication.data, atMs: this.clock.nowMs() });
    }
  }

  get lastMs(): number {
    return this.heard.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
  }

  get welcome(): Welcome | undefined {
    return this.all('welcome')[0];
  }
}

export interface Node {
  readonly hub: Hub;
  readonly way: Way;
  readonly failures: unknown[];
}

export class Cluster {
  readonly clock = new ManualClock();
  readonly engine;
  /** How long a node rests before it tries again is chance: the same in each run. */
  private readonly chance = seededRandom(1);
  private readonly options: Partial<HubOptions>;

  constructor(options: Partial<HubOptions> = {}, memory: MemoryOptions = {}) {
    this.options = options;
    this.engine = memoryStore({ ...memory, nowMs: () => this.clock.nowMs() });
  }

  async node(): Promise<Node> {
    const way = new Way();
    const failures: unknown[] = [];
    const policy: Policy = { ...openPolicy, enter: () => true };
    const hub = createHub({
      policy,
      clock: this.clock,
      random: (into) => this.fill(into),
      broker: way.around(this.engine.node()),
      observer: { failed: (error) => failures.push(error) },
      presence: { leaseMs },
      ...this.options,
    });
    await hub.start();
    return { hub, way, failures };
  }

  private fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; at += 1) {
      into[at] = this.chance() * 256;
    }
  }

  async nodes(count: number): Promise<Node[]> {
    const nodes: Node[] = [];
    for (let i = 0; i < count; i += 1) {
      nodes.push(await this.node());
    }
    return nodes;
  }

  /** With its hello said, and as far as it came by that. */
  async come({ hub }: Node, token: string, resume?: Resume): Promise<Reader> {
    const client = new Reader(this.clock);
    client.desk = hub.open(client);
    const named = resume === undefined ? {} : { resume };
    client.say({ type: 'hello', version: 1, capabilities: [], token, ...named });
    await settled();
    return client;
  }

  /** In, and a reader of `news`. */
  async reader(node: Node, token: string): Promise<Reader> {
    const client = await this.come(node, token);
    client.subscribe('news');
    await settled();
    return client;
  }

  /** By steps, each with something before it. */
  async pass(ms: number, each: () => void = () => undefined): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      each();
      this.clock.advance(50);
      await settled();
    }
  }

  /** What stands under these names. */
  async claim(key: string): Promise<unknown> {
    const reader = this.engine.node();
    await reader.start({ deliver: () => undefined, hear: () => undefined });
    const claim = await reader.claims.get(key);
    await reader.stop();
    return claim;
  }

  async values(channel: string): Promise<readonly string[]> {
    const reader = this.engine.node();
    await reader.start({ deliver: () => undefined, hear: () => undefined });
    const { publications } = await reader.log.values(channel, 0, 100);
    await reader.stop();
    return publications.filter(({ removed }) => removed !== true).map(({ key }) => key!);
  }
}

/** What became of a promise, as far as it is known. */
export function outcome(promise: Promise<unknown>): { is: string; error?: unknown } {
  const seen: { is: string; error?: unknown } = { is: 'open' };
  promise.then(
    () => {
      seen.is = 'done';
    },
    (error: unknown) => {
      seen.is = 'failed';
      seen.error = error;
    },
  );
  return seen;
}
