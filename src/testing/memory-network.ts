/**
 * A network in memory: clients and hubs in one process, in virtual time, with faults that are set when a test wants them.
 * In: hubs at hosts, transports for clients, and faults. Out: the same run for the same seed. Fails: a `NetworkError` for misuse; whatever a
 * network does to its users is a close, or silence.
 */
import type { Cancel } from '../ground/clock.ts';
import type { FrontDesk, Gateway, Payload } from '../ports/index.ts';
import type { ClientRoad, NetworkListener } from './memory-network/client-end.ts';
import { Hosts } from './memory-network/hosts.ts';
import {
  type Conditions,
  conditionsFrom,
  limitsFrom,
  type MemoryNetworkOptions,
  NetworkError,
  type NetworkLimits,
} from './memory-network/options.ts';
import { type NetworkRoad, Road } from './memory-network/road.ts';
import type { Reception } from './memory-network/server-end.ts';

export type { ClientRoad, ClosedWhy, NetworkListener } from './memory-network/client-end.ts';
export {
  type Conditions,
  calm,
  type MemoryNetworkOptions,
  NetworkError,
  type NetworkErrorCode,
  type NetworkLimits,
  networkDefaults,
} from './memory-network/options.ts';
export type { NetworkRoad } from './memory-network/road.ts';

/** What a client takes for its transport. */
export interface NetworkTransport {
  readonly name: string;
  open(url: string, subprotocols: readonly string[], listener: NetworkListener): ClientRoad;
}

/** Under which name, and by which gateways, a hub is served. */
export interface ServeOptions {
  /** One for each subprotocol; the client's choice among them is by this order. */
  readonly gateways: readonly Gateway[];
  /** Where it is found: `ws://` and this, port included if there is one, compared exactly. @default 'server' */
  readonly host?: string;
}

/** Clients and hubs in one process, with faults in your hands. */
export interface MemoryNetwork {
  /** For a client that runs on this host. Many may. */
  transport(host: string): NetworkTransport;
  /** Clients come to the hub from now on. What it gives ends that: roads to the host are cut, and whoever comes is refused. */
  serve(hub: FrontDesk, options: ServeOptions): Cancel;
  /** Conditions for all; those that were set before are forgotten. Those of a host or a road count before them. */
  set(conditions: Conditions): void;
  /** Conditions for the roads of one host. Where both ends of a road say something, the client's counts. */
  setHost(host: string, conditions: Conditions): void;
  /** Cuts all roads of a host, or all there are. */
  cut(host?: string): void;
  /** Between these hosts everything waits, and goes on when healed. Further partitions add to it. */
  partition(some: readonly string[], others: readonly string[]): void;
  /** Ends all partitions. */
  heal(): void;
  /** Roads of which one end at least still exists, oldest first: all, or those of one host. */
  roads(host?: string): readonly NetworkRoad[];
}

/**
 * A network without hosts: `transport` and `serve` make them.
 * @throws {NetworkError} `OPTION_INVALID`
 */
export function memoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  return new Network(options);
}

interface Server {
  readonly hub: FrontDesk;
  readonly gateways: readonly Gateway[];
}

class Network implements MemoryNetwork {
  private readonly options: MemoryNetworkOptions;
  private readonly limits: Required<NetworkLimits>;
  private readonly hosts: Hosts;
  private readonly servers = new Map<string, Server>();
  /** In the order in which they were opened. */
  private readonly open = new Set<Road>();
  private conditions: Conditions;
  private opened = 0;

  constructor(options: MemoryNetworkOptions) {
    this.options = options;
    this.limits = limitsFrom(options);
    this.conditions = conditionsFrom(options);
    this.hosts = new Hosts(this.limits.maxHosts);
  }

  transport(host: string): NetworkTransport {
    this.hosts.add(host);
    return {
      name: 'memory',
      open: (url, subprotocols, listener) => this.openRoad({ host, url, subprotocols, listener }),
    };
  }

  serve(hub: FrontDesk, { gateways, host = 'server' }: ServeOptions): Cancel {
    if (this.servers.has(host)) {
      throw new NetworkError('HOST_TAKEN', `a hub is served at ${host} already`);
    }
    this.hosts.add(host);
    const server = { hub, gateways };
    this.servers.set(host, server);
    return () => {
      if (this.servers.get(host) === server) {
        this.servers.delete(host);
        this.cutAll([...this.open].filter((road) => road.server === host));
      }
    };
  }

  set(conditions: Conditions): void {
    this.conditions = conditionsFrom(conditions);
    this.refresh(this.open);
  }

  setHost(host: string, conditions: Conditions): void {
    this.hosts.set(host, conditionsFrom(conditions));
    this.refresh(this.roadsOf(host));
  }

  cut(host?: string): void {
    this.cutAll(this.roadsOf(host));
  }

  partition(some: readonly string[], others: readonly string[]): void {
    this.hosts.split(some, others);
    this.refresh(this.open);
  }

  heal(): void {
    this.hosts.heal();
    this.refresh(this.open);
  }

  roads(host?: string): readonly NetworkRoad[] {
    return this.roadsOf(host);
  }

  private roadsOf(host: string | undefined): Road[] {
    if (host === undefined) {
      return [...this.open];
    }
    this.hosts.mustKnow(host);
    return [...this.open].filter(({ client, server }) => client === host || server === host);
  }

  private refresh(roads: Iterable<Road>): void {
    for (const road of roads) {
      road.refresh();
    }
  }

  private cutAll(roads: readonly Road[]): void {
    for (const road of roads) {
      road.cut();
    }
  }

  private openRoad({ host, url, subprotocols, listener }: Opening): ClientRoad {
    const server = /^wss?:\/\/([^/?#]+)/i.exec(url)?.[1];
    if (server === undefined || this.open.size >= this.limits.maxRoads) {
      const reason = server === undefined ? 'this is no ws: URL' : 'the network has no more roads';
      this.options.clock.after(0, () => listener.closed({ code: 1006, reason }));
      return noRoad;
    }
    this.opened += 1;
    const road: Road = new Road({
      id: this.opened,
      client: host,
      server,
      clock: this.options.clock,
      random: this.options.random,
      limits: this.limits,
      listener,
      weather: () => ({ ...this.conditions, ...this.hosts.at(server), ...this.hosts.at(host) }),
      isHeld: () => this.hosts.areSplit(host, server),
      admit: () => this.admit(server, subprotocols),
      over: (ended) => this.open.delete(ended),
    });
    this.open.add(road);
    road.connect();
    return {
      send: (payload: Payload) => road.clientEnd.send(payload),
      close: (code, reason) => road.clientEnd.close(code, reason),
    };
  }

  private admit(host: string, subprotocols: readonly string[]): Reception | string {
    const server = this.servers.get(host);
    if (server === undefined) {
      return `nobody serves at ${host}`;
    }
    const gateway = server.gateways.find((each) => subprotocols.includes(each.subprotocol));
    return gateway === undefined
      ? 'none of the subprotocols is spoken there'
      : { hub: server.hub, gateway };
  }
}

interface Opening {
  readonly host: string;
  readonly url: string;
  readonly subprotocols: readonly string[];
  readonly listener: NetworkListener;
}

/** What never opened has nothing to end. */
const noRoad: ClientRoad = { send: () => undefined, close: () => undefined };
