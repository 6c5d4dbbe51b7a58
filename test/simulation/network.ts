/**
 * The network between clients and hubs: connections that keep their order, take their time, and end without a word.
 * In: a client's transport, a hub's gateway, faults. Out: their messages, later, or never. Nothing is lost in the middle of a connection: what
 * does not arrive is its end.
 */

import type { ClientTransport, Road, RoadListener } from '../../src/client/transports/transport.ts';
import type { Shared } from '../../src/ground/shared.ts';
import type { Payload, Pipe, PipeListener } from '../../src/ports/index.ts';
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';

/** After how long a side that hears nothing more is told: what keep-alive of WebSocket does for a hub. */
export const keepAliveMs = 20_000;

export interface NetworkFaults {
  /** Longest way of one message, in milliseconds. */
  delayMs: number;
  /** How likely it is that a connection ends with this message, which is not delivered. */
  cut: number;
  /** Of those ends, how many neither side is told of. */
  halfOpen: number;
}

/** Who waits for connections, while it lives. */
export interface Host {
  readonly name: string;
  readonly accept: ((pipe: Pipe) => PipeListener) | undefined;
}

export class Network {
  readonly faults: NetworkFaults = { delayMs: 20, cut: 0, halfOpen: 0 };
  readonly time: Time;
  readonly chance: Chance;
  readonly connections = new Set<Connection>();
  /** Pairs between which nothing passes now: `client node`. */
  readonly parted = new Set<string>();
  /** What of a frame from a host arrives. */
  readonly frame: (payload: Payload) => Payload;
  private readonly hosts: readonly Host[];

  constructor(
    time: Time,
    chance: Chance,
    hosts: readonly Host[],
    frame: (payload: Payload) => Payload,
  ) {
    this.time = time;
    this.chance = chance;
    this.hosts = hosts;
    this.frame = frame;
  }

  transport(client: string): ClientTransport {
    return {
      name: 'simulated',
      open: (_url, _subprotocols, listener) =>
        new Connection(this, client, this.chance.pick(this.hosts), listener),
    };
  }

  part(client: string, host: string): void {
    this.parted.add(`${client} ${host}`);
  }

  /** What was on its way arrives now. */
  heal(): void {
    this.parted.clear();
    for (const connection of this.connections) {
      connection.resume();
    }
  }
}

type Side = 'client' | 'host';

/** One connection, from the first step to its end, both sides of it. */
export class Connection implements Road {
  readonly client: string;
  readonly host: Host;
  private readonly network: Network;
  private listener: RoadListener | undefined;
  private pipe: PipeListener | undefined;
  private readonly up: Way;
  private readonly down: Way;

  constructor(network: Network, client: string, host: Host, listener: RoadListener) {
    this.network = network;
    this.client = client;
    this.host = host;
    this.listener = listener;
    this.up = new Way(this, network);
    this.down = new Way(this, network);
    network.connections.add(this);
    this.up.carry(0, () => this.arrive());
  }

  get isParted(): boolean {
    return this.network.parted.has(`${this.client} ${this.host.name}`);
  }

  send(payload: Payload): void {
    this.up.carry(payload.length, () => this.pipe?.received(payload));
  }

  close(): void {
    this.up.carry(0, () => this.over('host'));
    this.network.time.after(1, () => this.over('client'));
  }

  /** The client hears that another way may be open, such as one that a proxy let through at last. */
  betterWay(): void {
    if (this.pipe !== undefined) {
      this.listener?.better?.();
    }
  }

  /** The host reads slowly what comes, or the client does: nothing arrives there before this moment. */
  stall(side: Side, untilMs: number): void {
    (side === 'client' ? this.down : this.up).stalledUntilMs = untilMs;
  }

  /** Nothing passes any more. Who is not told finds out by itself. */
  end(isTold: boolean): void {
    this.up.isCut = true;
    this.down.isCut = true;
    const { time, faults } = this.network;
    time.after(isTold ? faults.delayMs : keepAliveMs, () => this.over('host'));
    if (isTold) {
      time.after(faults.delayMs, () => this.over('client'));
    }
  }

  /** A process is gone: it hears nothing more. Its system tells the other side, unless that is gone too. */
  abandon(side: Side, isTold: boolean): void {
    if (side === 'client') {
      this.listener = undefined;
    } else {
      this.pipe = undefined;
      this.down.drain();
    }
    this.end(isTold);
  }

  resume(): void {
    this.up.resume();
    this.down.resume();
  }

  private arrive(): void {
    const { accept } = this.host;
    if (accept === undefined) {
      this.down.carry(0, () => this.over('client'));
      return;
    }
    this.pipe = accept(this.makePipe());
    this.down.carry(0, () => this.listener?.opened());
  }

  private makePipe(): Pipe {
    const { down } = this;
    return {
      name: 'simulated',
      address: undefined,
      get bufferedBytes() {
        return down.bytes;
      },
      send: (payload: Shared<Payload>) => {
        const value = this.network.frame(payload.value);
        down.carry(value.length, () => this.listener?.received(value));
      },
      drained: () => down.drained(),
      close: ({ code, reason }) => {
        down.carry(0, () => this.over('client', { code, reason }));
        this.network.time.after(1, () => this.over('host'));
      },
    };
  }

  /** One side knows that it is over: it is told once, and hears nothing after it. */
  private over(
    side: Side,
    why: { readonly code: number; readonly reason: string } = { code: 1006, reason: '' },
  ): void {
    if (side === 'host') {
      const { pipe } = this;
      this.pipe = undefined;
      this.down.drain();
      pipe?.closed();
    } else {
      const { listener } = this;
      this.listener = undefined;
      listener?.closed(why);
    }
    if (this.pipe === undefined && this.listener === undefined) {
      this.network.connections.delete(this);
    }
  }
}

interface Item {
  readonly size: number;
  readonly arrive: () => void;
}

/** One direction of a connection. */
class Way {
  isCut = false;
  stalledUntilMs = 0;
  /** Sent, and not arrived. */
  bytes = 0;
  private readonly connection: Connection;
  private readonly network: Network;
  private readonly items: Item[] = [];
  private lastMs = 0;
  private waiting: (() => void)[] = [];

  constructor(connection: Connection, network: Network) {
    this.connection = connection;
    this.network = network;
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
    this.lastMs = Math.max(
      this.lastMs,
      time.nowMs + chance.next() * faults.delayMs,
      this.stalledUntilMs,
    );
    time.after(this.lastMs - time.nowMs, () => this.next());
  }

  /** Each item has one call; while the two are parted, or it stalls, it waits. */
  private next(): void {
    const { time } = this.network;
    if (this.isCut || this.connection.isParted) {
      return;
    }
    if (time.nowMs < this.stalledUntilMs) {
      time.after(this.stalledUntilMs - time.nowMs, () => this.next());
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
  }

  resume(): void {
    const { time } = this.network;
    for (let left = this.items.length; left > 0; left -= 1) {
      time.after(0, () => this.next());
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
