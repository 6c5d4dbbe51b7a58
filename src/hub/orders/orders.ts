/**
 * Orders to all nodes: what must end everywhere, and of which nothing may be lost (threat D12). They stand in a log of the hub's own. Each node
 * reads it from its start, every second, and hears of each order over the bus besides: it carries each out once, and says so.
 * In: orders of this node's code, the log, the bus. Out: each order, once; and whether this node can have missed none. Fails: `give` rejects
 * as the log does, and when a node does not confirm; what is read fails to be tried again.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';
import { type Broker, BrokerError, type Post } from '../../ports/index.ts';
import {
  at,
  beginning,
  type Gap,
  type Position,
  type Publication,
  samePosition,
} from '../../wire/index.ts';
import { owed } from '../channel/judge.ts';
import { readFrom } from '../channel/read.ts';
import type { Notes } from '../notes.ts';
import { type Ask, Confirming, type Told } from './confirming.ts';
import { deskTopic } from './gated.ts';
import { Nodes, ordersChannel } from './nodes.ts';
import { type Order, orderFrom, positionFrom } from './order.ts';
import type { Revoked } from './revoked.ts';

/** The lives of the node: see presence/node-life. */
export interface Life {
  readonly name: string;
  /** Others count it among the living. */
  readonly isHeld: boolean;
  /** How often they may not have done so. */
  readonly lapses: number;
}

export interface OrdersNeeds {
  /** The log and nothing in front of it. */
  readonly broker: Pick<Broker, 'log'>;
  readonly post: Post;
  readonly clock: Clock;
  readonly notes: Pick<Notes, 'failed'>;
  readonly ids: { next(): string };
  readonly life: Life;
  readonly isAlive: (node: string) => Promise<boolean>;
  readonly leaseMs: number;
  /** For how long orders matter, in milliseconds. */
  readonly keepMs: number;
  readonly revoked: Revoked;
  /** Here. Begins at once. */
  carryOut(order: Order): Promise<void>;
  /** Some may have been given of which this node will never know. */
  missed(): void;
}

interface CarriedOut {
  readonly done: Promise<void>;
  isDone: boolean;
  readonly untilMs: number;
}

const lookEveryMs = 1_000;
const pageEntries = 256;
/** Orders that the log keeps, and those of which a node remembers that it carried them out. */
const mostOrders = 10_000;

export class Orders {
  /** Up to where orders were carried out here. */
  position: Position | undefined;
  private readonly needs: OrdersNeeds;
  private readonly desk: string;
  private readonly nodes: Nodes;
  private readonly confirming: Confirming;
  private readonly carriedOut = new Map<string, CarriedOut>();
  private looking: Promise<void> | undefined;
  private registered: string | undefined;
  /** The lapse of the node's life since which it has read everything. */
  private knownSince: number | undefined;
  private cancel: Cancel | undefined;
  private isStopped = false;
  private unfollow: (() => void) | undefined;

  constructor(needs: OrdersNeeds) {
    const { ids, clock, leaseMs } = needs;
    this.needs = needs;
    this.desk = ids.next();
    this.nodes = new Nodes({ log: needs.broker.log, clock, ids });
    // A node that is cut off is dead before it is called silent.
    const { desk, nodes } = this;
    this.confirming = new Confirming({ ...needs, desk, nodes, silentMs: leaseMs * 2 });
  }

  /** Nobody can have been told that an order is carried out which this node does not know. */
  get isCurrent(): boolean {
    const { life } = this.needs;
    return life.isHeld && this.knownSince === life.lapses;
  }

  /** From when it resolves the node counts among those that must carry out orders. */
  async start(): Promise<void> {
    const { post, notes } = this.needs;
    this.unfollow = await post.follow(deskTopic(this.desk), (message) => this.hear(message));
    await this.look();
    this.lookSoon();
    void this.buryDead().catch(notes.failed);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancel?.();
    this.unfollow?.();
    this.confirming.stop();
    if (this.registered !== undefined) {
      await this.nodes.leave(this.registered);
    }
  }

  /** Resolves when every node has carried it out, or its lease has ended. */
  async give(order: Order): Promise<void> {
    const { clock, broker, ids, keepMs } = this.needs;
    if (this.confirming.isFull) {
      throw new BrokerError('BROKER_FULL', 'too many orders wait for nodes', true);
    }
    // Here first, whatever becomes of the rest.
    const { done } = this.accept(order, undefined);
    try {
      const publication = { id: ids.next(), data: order, atMs: clock.wallMs() };
      const retain = { entries: mostOrders, ageMs: keepMs };
      const appended = await broker.log.append(ordersChannel, publication, { retain });
      if (appended.outcome !== 'appended') {
        throw new Error(`what is appended on no condition was refused: ${appended.outcome}`);
      }
      this.settle(order, appended.position);
      await this.confirming.all(order, appended.position);
    } finally {
      await done;
    }
  }

  /** Reads what there is by now. */
  look(): Promise<void> {
    this.looking ??= this.readAll().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private lookSoon(): void {
    const { clock, notes } = this.needs;
    if (!this.isStopped) {
      this.cancel = clock.after(lookEveryMs, () => {
        void this.look()
          .catch(notes.failed)
          .finally(() => this.lookSoon());
      });
    }
  }

  private async readAll(): Promise<void> {
    const { life } = this.needs;
    // As it is before anything is asked: what happens meanwhile is looked at again.
    const { isHeld, lapses, name } = life;
    do {
      if (isHeld && this.registered !== name) {
        await this.register(name);
      }
      while (!(await this.page()) && !this.isStopped) {
        // Another page.
      }
    } while (isHeld && this.registered !== name && !this.isStopped);
    if (isHeld && this.knownSince !== lapses) {
      await Promise.all([...this.carriedOut.values()].map(({ done }) => done));
      this.knownSince = lapses;
    }
  }

  private async register(name: string): Promise<void> {
    const before = this.registered;
    await this.nodes.enter(name, this.desk);
    this.registered = name;
    if (before !== undefined) {
      await this.nodes.leave(before);
    }
  }

  /** True when that was the last. */
  private async page(): Promise<boolean> {
    const { log } = this.needs.broker;
    const since = this.position;
    const limit = pageEntries;
    const page =
      since === undefined
        ? await log.read(ordersChannel, 0, limit)
        : await readFrom(log, { channel: ordersChannel, since, limit });
    this.position ??= beginning(page.epoch);
    const before = this.position;
    for (const one of owed(before, page)) {
      if ('gap' in one) {
        this.fell(one.gap, since === undefined);
      } else {
        this.take(at(page.epoch, one.publication), one.publication);
      }
    }
    if (samePosition(this.position, at(page.epoch, page.top))) {
      return true;
    }
    if (this.position === before) {
      throw new Error('the log says that it has more orders, and gives none');
    }
    return false;
  }

  private take(position: Position, { data, key }: Publication): void {
    this.position = position;
    const order = key === undefined ? orderFrom(data) : undefined;
    if (order !== undefined) {
      this.accept(order, position);
    }
  }

  private fell({ reason, to }: Gap, isFirst: boolean): void {
    const { life, revoked } = this.needs;
    this.position = to;
    if (reason !== 'trimmed') {
      // What the engine lost may be that this node is there.
      this.registered = undefined;
    }
    if (isFirst) {
      revoked.missed(to);
    } else if (reason === 'trimmed' || this.knownSince !== life.lapses) {
      // An engine that loses what it had acknowledged hides nothing from a node of whom others waited to hear.
      revoked.missed(to);
      this.needs.missed();
    }
  }

  private hear(message: unknown): void {
    const { order, at: place, from, ...told } = (message ?? {}) as Partial<Ask & Told>;
    const asked = orderFrom(order);
    const position = positionFrom(place);
    if (asked !== undefined && position !== undefined && typeof from === 'string') {
      void this.answer({ order: asked, at: position, from }).catch(this.needs.notes.failed);
    } else if (typeof told.id === 'string' && typeof told.desk === 'string') {
      this.confirming.hear({ id: told.id, desk: told.desk, isDone: told.isDone === true });
    }
  }

  private async answer({ order, at: position, from }: Ask): Promise<void> {
    const { desk } = this;
    const isNew = !this.carriedOut.has(order.id);
    const one = this.accept(order, position);
    if (isNew) {
      await one.done;
    }
    const told: Told = { id: order.id, desk, isDone: isNew || one.isDone };
    await this.needs.post.send(deskTopic(from), told);
  }

  /** Each once, however often it comes, and by whatever way. */
  private accept(order: Order, position: Position | undefined): CarriedOut {
    const { clock, keepMs, notes, revoked } = this.needs;
    const known = this.carriedOut.get(order.id);
    if (known !== undefined) {
      this.settle(order, position);
      return known;
    }
    if (order.kind === 'revoke') {
      // Before: whoever is let in meanwhile is looked for here.
      revoked.add(order, position);
    }
    const done = this.needs.carryOut(order).catch(notes.failed);
    const one: CarriedOut = { done, isDone: false, untilMs: clock.nowMs() + keepMs };
    void done.then(() => {
      one.isDone = true;
    });
    this.carriedOut.set(order.id, one);
    this.forgetOld();
    return one;
  }

  private settle(order: Order, position: Position | undefined): void {
    if (order.kind === 'revoke' && position !== undefined) {
      this.needs.revoked.settle(order, position);
    }
  }

  private forgetOld(): void {
    const nowMs = this.needs.clock.nowMs();
    for (const [id, { untilMs }] of this.carriedOut) {
      if (untilMs > nowMs && this.carriedOut.size <= mostOrders) {
        break;
      }
      this.carriedOut.delete(id);
    }
  }

  /** Of nodes that died nobody else takes the names out, where nothing is ordered. */
  private async buryDead(): Promise<void> {
    const others = (await this.nodes.all()).filter(({ desk }) => desk !== this.desk);
    for (const node of others) {
      await this.confirming.bury(node);
    }
  }
}
