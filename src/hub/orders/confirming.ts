/**
 * Waits until every node has carried out an order, or is dead: asks over the bus, and asks again, since the bus loses.
 * In: an order that stands in the log, and what nodes say of it. Out: a promise. Fails: it rejects when a node is alive and says nothing for
 * too long, when the register cannot be read, and when this node stops; the order stands all the same.
 */
import type { Cancel, Clock } from '../../ground/clock.ts';
import { BrokerError, type Post } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';
import type { Notes } from '../notes.ts';
import { deskTopic } from './gated.ts';
import type { Nodes, Registered } from './nodes.ts';
import type { Order } from './order.ts';

/** What one node asks another. */
export interface Ask {
  readonly order: Order;
  readonly at: Position;
  /** Where the answer is heard. */
  readonly from: string;
}

/** What the other says. */
export interface Told {
  readonly id: string;
  readonly desk: string;
  /** False: it is being carried out. */
  readonly isDone: boolean;
}

export interface ConfirmingNeeds {
  readonly nodes: Nodes;
  readonly post: Post;
  readonly clock: Clock;
  readonly notes: Pick<Notes, 'failed'>;
  readonly isAlive: (node: string) => Promise<boolean>;
  /** Where this node hears. */
  readonly desk: string;
  /** A node that says nothing is waited for as long at the most, in milliseconds: longer than its lease. */
  readonly silentMs: number;
}

interface Waiting {
  /** Nodes by name, and when each was heard of last. */
  readonly missing: Map<string, { readonly desk: string; heardMs: number }>;
  look: () => void;
}

/** How often whoever has not answered is asked, in milliseconds. */
const askEveryMs = 500;
/** Orders that are waited for at once. */
const mostWaiting = 10_000;

export class Confirming {
  private readonly needs: ConfirmingNeeds;
  private readonly waiting = new Map<string, Waiting>();
  private isStopped = false;

  constructor(needs: ConfirmingNeeds) {
    this.needs = needs;
  }

  get isFull(): boolean {
    return this.waiting.size >= mostWaiting;
  }

  /** Resolves when all nodes that are registered, and whose leases go on, have carried it out; this one not looked at. */
  async all(order: Order, at: Position): Promise<void> {
    const { nodes, clock, desk } = this.needs;
    const nowMs = clock.nowMs();
    const others = (await nodes.all()).filter((node) => node.desk !== desk);
    const missing = new Map(others.map((node) => [node.name, { desk: node.desk, heardMs: nowMs }]));
    const waiting: Waiting = { missing, look: () => undefined };
    this.waiting.set(order.id, waiting);
    try {
      for (let isFirst = true; missing.size > 0; isFirst = false) {
        this.mustGoOn(missing);
        this.ask({ order, at, from: desk }, missing);
        if (!isFirst) {
          await this.buryDead(others, missing);
        }
        await this.pause(waiting);
      }
    } finally {
      this.waiting.delete(order.id);
    }
  }

  hear({ id, desk, isDone }: Told): void {
    const waiting = this.waiting.get(id);
    for (const [name, node] of waiting?.missing ?? []) {
      if (node.desk === desk && isDone) {
        waiting!.missing.delete(name);
      } else if (node.desk === desk) {
        node.heardMs = this.needs.clock.nowMs();
      }
    }
    waiting?.look();
  }

  /** Nobody is waited for any more. */
  stop(): void {
    this.isStopped = true;
    for (const { look } of this.waiting.values()) {
      look();
    }
  }

  /** Takes out of the register whose lease has ended. */
  async bury({ name }: Registered): Promise<boolean> {
    const { isAlive, nodes } = this.needs;
    const isDead = !(await isAlive(name));
    if (isDead) {
      await nodes.leave(name);
    }
    return isDead;
  }

  private mustGoOn(missing: Waiting['missing']): void {
    const { clock, silentMs } = this.needs;
    if (this.isStopped) {
      throw new BrokerError('BROKER_STOPPED', 'stopped before every node had confirmed', false);
    }
    for (const [name, { heardMs }] of missing) {
      if (clock.nowMs() - heardMs >= silentMs) {
        throw new BrokerError('BROKER_UNREACHABLE', `node ${name} does not confirm`, true);
      }
    }
  }

  private ask(ask: Ask, missing: Waiting['missing']): void {
    const { post, notes } = this.needs;
    for (const desk of new Set([...missing.values()].map((node) => node.desk))) {
      void post.send(deskTopic(desk), ask).catch(notes.failed);
    }
  }

  private async buryDead(nodes: readonly Registered[], missing: Waiting['missing']): Promise<void> {
    for (const node of nodes.filter(({ name }) => missing.has(name))) {
      try {
        if (await this.bury(node)) {
          missing.delete(node.name);
        }
      } catch (error) {
        // Not known: it may be alive.
        this.needs.notes.failed(error);
      }
    }
  }

  /** Until it is time to ask again, or nobody is missing. */
  private async pause(waiting: Waiting): Promise<void> {
    let cancel: Cancel = () => undefined;
    await new Promise<void>((go) => {
      cancel = this.needs.clock.after(askEveryMs, go);
      waiting.look = () => {
        if (waiting.missing.size === 0 || this.isStopped) {
          go();
        }
      };
      waiting.look();
    });
    cancel();
    waiting.look = () => undefined;
  }
}
