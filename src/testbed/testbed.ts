/**
 * Hubs and clients in one process, in virtual time, on a network whose faults the test sets: what an application's own tests stand on.
 * In: what the application gives its server and its clients. Out: both, talking by nothing but memory, the same for the same seed. Fails: as
 * the hub, the client and the network do.
 */
import { type MemoryOptions, type MemoryStore, memoryStore } from '../brokers/memory.ts';
import { type Client, type ClientOptions, createClient } from '../client/index.ts';
import { native } from '../gateways/native.ts';
import type { Cancel, Clock } from '../ground/clock.ts';
import { type AppHubOptions, createHub, type Hub, type HubOptions } from '../hub/index.ts';
import {
  advance,
  type Conditions,
  ManualClock,
  type MemoryNetwork,
  memoryNetwork,
  seededRandom,
} from '../testing/index.ts';

/** The weather at the start, what the engine keeps, and the seed of all chance. */
export interface TestbedOptions extends Conditions {
  /** Of all chance there is. @default 1 */
  readonly seed?: number;
  /** Of the engine that all hubs share: how much it keeps, and for how long. @default {} */
  readonly memory?: Omit<MemoryOptions, 'nowMs'>;
}
/** Used where `TestbedOptions` say nothing. */
export const testbedDefaults: Required<Pick<TestbedOptions, 'seed' | 'memory'>> = {
  seed: 1,
  memory: {},
};

/** What a server is given, but for what the bed gives it. */
export type BedHubOptions =
  | Omit<HubOptions, 'broker' | 'clock' | 'random'>
  | Omit<AppHubOptions, 'broker' | 'clock' | 'random'>;

/** What a client is given, but for what the bed gives it. */
export interface BedClientOptions
  extends Omit<ClientOptions, 'clock' | 'random' | 'randomId' | 'transport'> {
  /** On which server it calls. @default 'server' */
  readonly server?: string;
}

/** A hub at its host. */
export interface BedServer {
  readonly hub: Hub;
  /** As the process dies: nothing is said, roads are cut. What the engine has stays. */
  crash(): void;
  /** As it is told to stop: clients hear why, and go. Needs time: turn the clock. */
  stop(): Promise<void>;
}

/** One network, one engine, one clock, and the hubs and clients that a test puts there. */
export interface Testbed {
  readonly clock: ManualClock;
  readonly network: MemoryNetwork;
  /** Another hub on the same engine. Resolves when clients are let in. */
  serve(options: BedHubOptions, host?: string): Promise<BedServer>;
  /** A client at a host of its own name; it connects when the clock is turned. */
  client(host: string, options?: BedClientOptions): Client;
  /** Turns the clock, and lets promises settle between what is due. Milliseconds. */
  advance(ms: number): Promise<void>;
  /** Closes all clients, and cuts what is left. */
  close(): void;
}

/**
 * A bed without hubs and clients.
 * @throws {NetworkError} `OPTION_INVALID` for conditions that cannot be.
 */
export function testbed(options: TestbedOptions = {}): Testbed {
  return new Bed(options);
}

class Bed implements Testbed {
  readonly clock = new ManualClock();
  readonly network: MemoryNetwork;
  private readonly random: () => number;
  private readonly store: MemoryStore;
  private readonly clients: Client[] = [];
  private readonly ends: Cancel[] = [];

  constructor(options: TestbedOptions) {
    const { seed, memory, ...conditions } = { ...testbedDefaults, ...options };
    const { clock } = this;
    this.random = seededRandom(seed);
    this.network = memoryNetwork({ ...conditions, clock, random: this.random });
    this.store = memoryStore({ ...memory, nowMs: () => clock.nowMs() });
  }

  async serve(options: BedHubOptions, host = 'server'): Promise<BedServer> {
    const broker = this.store.node();
    const clock = new MortalClock(this.clock);
    const hub = createHub({ ...options, broker, clock, random: (into) => this.fill(into) });
    const starting = hub.start();
    await this.advance(0);
    await starting;
    const end = this.network.serve(hub, { gateways: [native()], host });
    this.ends.push(end);
    return {
      hub,
      crash: () => {
        clock.isDead = true;
        end();
        void broker.stop();
      },
      stop: async () => {
        await hub.stop();
        end();
      },
    };
  }

  client(host: string, { server = 'server', ...options }: BedClientOptions = {}): Client {
    const { clock, random } = this;
    const client = createClient(`ws://${server}/`, {
      ...options,
      clock,
      random,
      randomId: () => Array.from({ length: 4 }, () => random().toString(36).slice(2, 10)).join(''),
      transport: this.network.transport(host),
    });
    this.clients.push(client);
    return client;
  }

  advance(ms: number): Promise<void> {
    return advance(this.clock, ms);
  }

  close(): void {
    for (const client of this.clients.splice(0)) {
      client.close();
    }
    for (const end of this.ends.splice(0)) {
      end();
    }
  }

  private fill(into: Uint8Array): void {
    for (let at = 0; at < into.length; at += 1) {
      into[at] = this.random() * 256;
    }
  }
}

/** Of one process: with it, whatever it was waiting for is gone. */
class MortalClock implements Clock {
  isDead = false;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  wallMs(): number {
    return this.clock.wallMs();
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.clock.after(delayMs, () => {
      if (!this.isDead) {
        run();
      }
    });
  }
}
