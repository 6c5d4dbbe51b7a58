/**
 * Orders to all nodes: what must end everywhere, and of which nothing may be lost (threat D12). They stand in a log of the hub's own. Each node
 * reads it from its start, every second, and hears of each order over the bus besides: it carries each out once, and says so.
 * In: orders of this node's code, the log, the bus. Out: each order, once; and whether this node can have missed none. Fails: `give` rejects
 * as the log does, and when a node does not confirm; what is read fails to be tried again.
 */
import type { Cancel } from '../../ground/clock.ts';
import { type Broker, BrokerError, type Post } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';
import { CarriedOut, type CarryingOut } from './carried-out.ts';
import { type Ask, Confirming, type Told } from './confirming.ts';
import { deskTopic } from './gated.ts';
import { Nodes, ordersChannel } from './nodes.ts';
import { type Order, orderFrom, positionFrom } from './order.ts';
import { type Life, Reader } from './reader.ts';

export interface OrdersNeeds extends CarryingOut {
  /** The log and nothing in front of it. */
  readonly broker: Pick<Broker, 'log'>;
  readonly post: Post;
  readonly ids: { next(): string };
  readonly life: Life;
  readonly isAlive: (node: string) => Promise<boolean>;
  readonly leaseMs: number;
  /** Some may have been given of which this node will never know. */
  missed(): void;
}

const lookEveryMs = 1_000;
/** Orders that the log keeps. */
const mostOrders = 10_000;

export class Orders {
  private readonly needs: OrdersNeeds;
  private readonly desk: string;
  private readonly nodes: Nodes;
  private readonly carriedOut: CarriedOut;
  private readonly confirming: Confirming;
  private readonly reader: Reader;
  private cancel: Cancel | undefined;
  private isStopped = false;
  private unfollow: (() => void) | undefined;

  constructor(needs: OrdersNeeds) {
    const { ids, clock, leaseMs, life, revoked } = needs;
    const { log } = needs.broker;
    const nodes = new Nodes({ log, clock, ids });
    const desk = ids.next();
    this.needs = needs;
    this.desk = desk;
    this.nodes = nodes;
    this.carriedOut = new CarriedOut(needs);
    // A node that is cut off is dead before it is called silent.
    this.confirming = new Confirming({ ...needs, desk, nodes, silentMs: leaseMs * 2 });
    this.reader = new Reader({
      log,
      nodes,
      life,
      desk,
      take: (order, at) => void this.carriedOut.take(order, at),
      carriedOut: () => this.carriedOut.all(),
      missed: (at, isLate) => {
        revoked.missed(at);
        if (isLate) {
          needs.missed();
        }
      },
    });
  }

  /** Nobody can have been told that an order is carried out which this node does not know. */
  get isCurrent(): boolean {
    return this.reader.isCurrent;
  }

  /** Up to where orders were carried out here. */
  get position(): Position | undefined {
    return this.reader.position;
  }

  /** From when it resolves the node counts among those that must carry out orders. */
  async start(): Promise<void> {
    const { post, notes } = this.needs;
    this.unfollow = await post.follow(deskTopic(this.desk), (message) => this.hear(message));
    await this.reader.look();
    this.lookSoon();
    void this.buryDead().catch(notes.failed);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.cancel?.();
    this.unfollow?.();
    this.confirming.stop();
    await this.reader.stop();
  }

  /** Resolves when every node has carried it out, or its lease has ended. */
  async give(order: Order): Promise<void> {
    if (this.confirming.isFull) {
      throw new BrokerError('BROKER_FULL', 'too many orders wait for nodes', true);
    }
    // Here first, whatever becomes of the rest.
    const { done } = this.carriedOut.take(order, undefined);
    try {
      const position = await this.append(order);
      this.carriedOut.take(order, position);
      // Whoever comes from here on came after it.
      await this.look();
      await this.confirming.all(order, position);
    } finally {
      await done;
    }
  }

  /** Reads what there is by now. */
  look(): Promise<void> {
    return this.reader.look();
  }

  private async append(order: Order): Promise<Position> {
    const { clock, broker, ids, keepMs } = this.needs;
    const publication = { id: ids.next(), data: order, atMs: clock.wallMs() };
    const retain = { entries: mostOrders, ageMs: keepMs };
    const appended = await broker.log.append(ordersChannel, publication, { retain });
    if (appended.outcome !== 'appended') {
      throw new Error(`what is appended on no condition was refused: ${appended.outcome}`);
    }
    return appended.position;
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

  private hear(message: unknown): void {
    const { order, at, from, ...told } = (message ?? {}) as Partial<Ask & Told>;
    const asked = orderFrom(order);
    const position = positionFrom(at);
    if (asked !== undefined && position !== undefined && typeof from === 'string') {
      void this.answer({ order: asked, at: position, from }).catch(this.needs.notes.failed);
    } else if (typeof told.id === 'string' && typeof told.desk === 'string') {
      this.confirming.hear({ id: told.id, desk: told.desk, isDone: told.isDone === true });
    }
  }

  private async answer({ order, at, from }: Ask): Promise<void> {
    const { desk } = this;
    const { isNew, isDone, done } = this.carriedOut.take(order, at);
    if (isNew) {
      await Promise.all([done, this.look().catch(this.needs.notes.failed)]);
    }
    const told: Told = { id: order.id, desk, isDone: isNew || isDone };
    await this.needs.post.send(deskTopic(from), told);
  }

  /** Of nodes that died nobody else takes the names out, where nothing is ordered. */
  private async buryDead(): Promise<void> {
    const others = (await this.nodes.all()).filter(({ desk }) => desk !== this.desk);
    for (const node of others) {
      await this.confirming.bury(node);
    }
  }
}
