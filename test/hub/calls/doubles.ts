/**
 * An engine in a test: claims with leases by a clock that is turned by hand, and a bus between nodes; and clients that write down what they
 * are told.
 */
import type { Clock } from '../../../src/ground/clock.ts';
import type { Whom } from '../../../src/hub/whom.ts';
import {
  BrokerError,
  type Claim,
  type Claims,
  type Post,
  type Put,
} from '../../../src/ports/index.ts';
import type { ServerMessage } from '../../../src/wire/index.ts';

/** Everything that promises still had to do is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A promise that is settled from outside. */
export class Gate<Value = void> {
  open!: (value: Value) => void;
  fail!: (error: unknown) => void;
  readonly passed: Promise<Value> = new Promise((resolve, reject) => {
    this.open = resolve;
    this.fail = reject;
  });
}

interface Held {
  readonly claim: Claim;
  readonly endsMs: number;
}

export class TestClaims implements Claims {
  /** What is asked rejects. */
  isDown = false;
  /** What is asked waits here first. */
  gate: Gate | undefined;
  private readonly clock: Clock;
  private readonly held = new Map<string, Held>();
  private revisions = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get keys(): string[] {
    return [...this.held.keys()].filter((key) => this.at(key) !== undefined);
  }

  async get(key: string): Promise<Claim | undefined> {
    await this.reach();
    return this.at(key);
  }

  async put(
    key: string,
    value: string,
    { expect, leaseMs }: { expect: string | undefined; leaseMs: number },
  ): Promise<Put> {
    await this.reach();
    if (value.length > 16_384) {
      throw new Error('a claim holds 16,384 characters');
    }
    const found = this.at(key);
    if (found?.revision !== expect) {
      return { done: false, found };
    }
    this.revisions += 1;
    const claim = { value, revision: String(this.revisions) };
    this.held.set(key, { claim, endsMs: this.clock.nowMs() + leaseMs });
    return { done: true, revision: claim.revision };
  }

  async renew(key: string, revision: string, leaseMs: number): Promise<boolean> {
    await this.reach();
    const claim = this.at(key);
    if (claim?.revision !== revision) {
      return false;
    }
    this.held.set(key, { claim, endsMs: this.clock.nowMs() + leaseMs });
    return true;
  }

  async release(key: string, revision: string): Promise<boolean> {
    await this.reach();
    return this.at(key)?.revision === revision && this.held.delete(key);
  }

  private at(key: string): Claim | undefined {
    const held = this.held.get(key);
    return held !== undefined && held.endsMs > this.clock.nowMs() ? held.claim : undefined;
  }

  private async reach(): Promise<void> {
    await this.gate?.passed;
    if (this.isDown) {
      throw new BrokerError('BROKER_UNREACHABLE', 'nobody there', true);
    }
  }
}

type Hear = (message: unknown) => void;

/** Messages travel as JSON, and arrive later. */
export class TestBus {
  private readonly topics = new Map<string, Set<Hear>>();

  get followed(): string[] {
    return [...this.topics.keys()];
  }

  follow(topic: string, hear: Hear): () => void {
    const hears = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, hears.add(hear));
    return () => {
      hears.delete(hear);
      if (hears.size === 0) {
        this.topics.delete(topic);
      }
    };
  }

  send(topic: string, message: unknown): void {
    const text = JSON.stringify(message);
    for (const hear of this.topics.get(topic) ?? []) {
      queueMicrotask(() => hear(JSON.parse(text)));
    }
  }
}

export class TestPost implements Post {
  node: string;
  readonly bus: TestBus;

  constructor(node: string, bus: TestBus) {
    this.node = node;
    this.bus = bus;
  }

  async follow(topic: string, hear: Hear): Promise<() => void> {
    return this.bus.follow(topic, hear);
  }

  async send(topic: string, message: unknown): Promise<void> {
    this.bus.send(topic, message);
  }
}

export class TestCaller {
  readonly id: string;
  readonly whom: Whom;
  generation = 1;
  isOpen = true;
  readonly got: ServerMessage[] = [];
  /** What `room` gives. */
  full: Gate | undefined;

  constructor(id = 's1', user = 'ann') {
    this.id = id;
    this.whom = { user, guest: undefined };
  }

  tell(message: ServerMessage): void {
    this.got.push(message);
  }

  room(): Promise<void> | undefined {
    return this.full?.passed;
  }
}
