/**
 * The network between clients and hubs: connections that keep their order, take their time, and end without a word.
 * In: a client's transport, a hub's gateway, faults. Out: their messages, later, or never. Nothing is lost in the middle of a connection: what
 * does not arrive is its end.
 */

import type { ClientTransport, Road, RoadListener } from '../../src/client/transports/transport.ts';
import type { Clock } from '../../src/ground/clock.ts';
import type { Shared } from '../../src/ground/shared.ts';
import type { Payload, Pipe, PipeListener } from '../../src/ports/index.ts';
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';
import { type NetworkFaults, Way } from './way.ts';

/** After how long a side that hears nothing more is told: what keep-alive of WebSocket does for a hub. */
export const keepAliveMs = 20_000;

/**
 * What a client's road is like. `stream`: each frame goes by itself. `poll`: what the hub says waits for the next request, and what the
 * client says goes one after another, each when the one before was answered.
 */
export type RoadKind = 'stream' | 'poll';

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
  /** Clients whose streams something in between stops: only plain requests pass. */
  readonly streamless = new Set<string>();
  /** How many connections there have been, and how many of kind `poll` reached a hub. */
  opened = 0;
  polled = 0;
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

  transport(client: string, kind: RoadKind = 'stream'): ClientTransport {
    return {
      name: kind,
      open: (_url, _subprotocols, listener) =>
        new Connection(this, { client, kind, host: this.chance.pick(this.hosts) }, listener),
    };
  }

  /** For a ladder's probe: whether a plain request is answered. A process that died meanwhile hears nothing. */
  probe(client: string, clock: Clock, signal: AbortSignal | null | undefined): Promise<Response> {
    const { chance, faults, parted } = this;
    return new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error('no answer'));
      signal?.addEventListener('abort', fail);
      clock.after(chance.next() * faults.delayMs, () => {
        const isAnswered = !chance.happens(faults.cut * 5);
        if (isAnswered && !parted.has(`${client} ${chance.pick(this.hosts).name}`)) {
          resolve({ status: 204, body: null } as Response);
        } else {
          fail();
        }
      });
    });
  }

  /** The number of the only connection that this client has. */
  only(client: string): number | undefined {
    let only: Connection | undefined;
    for (const connection of this.connections) {
      if (connection.client === client && connection.isHeard) {
        if (only !== undefined) {
          return undefined;
        }
        only = connection;
      }
    }
    return only?.number;
  }

  /** From now on nothing of this client's streams passes, until all is healed or it is let through again. */
  stopStreams(client: string): void {
    this.streamless.add(client);
    for (const connection of this.connections) {
      if (connection.client === client && connection.kind === 'stream') {
        connection.end(this.chance.happens(0.5));
      }
    }
  }

  part(client: string, host: string): void {
    this.parted.add(`${client} ${host}`);
  }

  /** What was on its way arrives now. */
  heal(): void {
    this.parted.clear();
    this.streamless.clear();
    for (const connection of this.connections) {
      connection.resume();
    }
  }
}

type Side = 'client' | 'host';

/** One connection, from the first step to its end, both sides of it. */
export class Connection implements Road {
  readonly client: string;
  readonly kind: RoadKind;
  readonly host: Host;
  readonly number: number;
  private readonly network: Network;
  private listener: RoadListener | undefined;
  private pipe: PipeListener | undefined;
  private readonly up: Way;
  private readonly down: Way;

  constructor(
    network: Network,
    { client, kind, host }: Pick<Connection, 'client' | 'kind' | 'host'>,
    listener: RoadListener,
  ) {
    this.network = network;
    this.client = client;
    this.kind = kind;
    this.host = host;
    this.listener = listener;
    network.opened += 1;
    this.number = network.opened;
    const isPolled = kind === 'poll';
    this.up = new Way(this, network, isPolled ? 'requests' : 'stream');
    this.down = new Way(this, network, isPolled ? 'polls' : 'stream');
    network.connections.add(this);
    this.up.carry(0, () => this.arrive());
    if (kind === 'stream' && network.streamless.has(client)) {
      this.end(network.chance.happens(0.5));
    }
  }

  /** The client still hears what it says. */
  get isHeard(): boolean {
    return this.listener !== undefined;
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
    this.network.polled += this.kind === 'poll' ? 1 : 0;
    this.pipe = accept(this.makePipe());
    this.down.carry(0, () => this.listener?.opened());
  }

  private makePipe(): Pipe {
    const { down } = this;
    return {
      name: this.kind,
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
