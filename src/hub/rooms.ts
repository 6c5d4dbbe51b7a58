/**
 * The rooms of a hub that are for more than channels: calls, rosters, what is said to one or to all, orders to all nodes; and the lives of the
 * node, by which they know who answers for what.
 * In: what the rooms share, and the sessions of this node. Out: the rooms, started and stopped together. Fails: `start` as the broker does.
 */
import { Calls, methodsByName } from './calls/calls.ts';
import type { Methods } from './calls/methods.ts';
import { type CallLimits, callLimits } from './calls/options.ts';
import type { Inside } from './inside.ts';
import { Orders, type OrdersNeeds } from './orders/orders.ts';
import { NodeLife } from './presence/node-life.ts';
import { type PresenceLimits, presenceLimits } from './presence/options.ts';
import { Presence, type PresenceNeeds } from './presence/presence.ts';
import { Unicast, type UnicastNeeds } from './unicast/unicast.ts';

export interface RoomOptions {
  readonly methods: Methods | undefined;
  readonly calls: CallLimits | undefined;
  readonly presence: PresenceLimits | undefined;
  readonly member?: PresenceNeeds['member'];
  readonly orders: Pick<OrdersNeeds, 'broker' | 'carryOut' | 'missed'>;
}

/** For how long a session can be resumed that no node has ended, at the most, in milliseconds. */
export function ordersKeptMs(sessionMs: number, leaseMs: number): number {
  // Whoever held it last may be dead for as long as a lease before anybody knows, and the next one asks what it missed.
  return sessionMs + 2 * leaseMs;
}

/** The sessions of this node. */
export interface Sessions {
  readonly find: UnicastNeeds['sessions']['find'];
  readonly all: UnicastNeeds['sessions']['all'];
  /** From when it resolves, other nodes are heard, under the present name of this one. */
  listen(): Promise<void>;
}

export class Rooms {
  readonly calls: Calls;
  readonly presence: Presence;
  readonly unicast: Unicast;
  readonly orders: Orders;
  readonly callLimits: Required<CallLimits>;
  private readonly hub: Inside;
  private readonly life: NodeLife;
  private readonly sessions: Sessions;

  constructor(hub: Inside, sessions: Sessions, options: RoomOptions) {
    const { broker, clock, notes, ids, policy, post, limits } = hub;
    const { claims, log } = broker;
    const { maxDataBytes, pageEntries } = limits;
    const chance = (): number => ids.chance();
    const rosters = presenceLimits(options.presence);
    this.hub = hub;
    this.sessions = sessions;
    this.callLimits = callLimits(options.calls);
    this.life = new NodeLife({
      claims,
      clock,
      notes,
      leaseMs: rosters.leaseMs,
      newName: () => ids.next(),
      reborn: () => void this.reborn().catch(notes.failed),
      beat: () => {
        void this.presence.beat();
        void this.orders.look().catch(notes.failed);
      },
    });
    const isAlive = (node: string): Promise<boolean> => this.life.isAlive(node);
    const { leaseMs } = rosters;
    const keepMs = ordersKeptMs(limits.sessionMs, leaseMs);
    const { life } = this;
    const { revoked } = hub;
    const ordering = { clock, notes, ids, post, isAlive, life, leaseMs, keepMs, revoked };
    this.orders = new Orders({ ...ordering, ...options.orders });
    const methods = methodsByName(options.methods);
    const shared = { claims, log, clock, notes, ids, policy, post, maxDataBytes, isAlive };
    this.calls = new Calls({ ...shared, chance, methods, limits: this.callLimits });
    this.presence = new Presence({
      ...shared,
      pageEntries,
      limits: rosters,
      member: options.member,
      node: () => this.node,
    });
    this.unicast = new Unicast({ ...shared, sessions });
  }

  /** The name of the node's present life. */
  get node(): string {
    return this.life.name;
  }

  async start(): Promise<void> {
    await this.life.start();
    await this.orders.start();
    await this.sessions.listen();
    await this.calls.start();
    await this.presence.start();
    await this.unicast.start();
  }

  /** Says what others must know of what ends here. What cannot be said now, others find out. */
  async stop(): Promise<void> {
    this.unicast.stop();
    const ends = [this.presence.stop(), this.calls.stop(), this.orders.stop(), this.life.stop()];
    for (const end of await Promise.allSettled(ends)) {
      if (end.status === 'rejected') {
        this.hub.notes.failed(end.reason);
      }
    }
  }

  /** Others took this node for dead: it goes on under another name. */
  private async reborn(): Promise<void> {
    // First: others are about to say that its members left, whatever else fails.
    this.presence.reborn();
    await this.sessions.listen();
    await this.calls.restart();
    await this.unicast.restart();
  }
}
