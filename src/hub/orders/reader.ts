/**
 * One node's reading of the log of orders, and its place in the register that stands there.
 * In: a log, and the lives of the node. Out: each order, as it stands; and whether there can be one that this node does not know. Fails: `look`
 * rejects as the log does; what could not be read is read at the next.
 */
import type { Log } from '../../ports/index.ts';
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
import { type Nodes, ordersChannel } from './nodes.ts';
import { type Order, orderFrom } from './order.ts';

/** The lives of the node: see presence/node-life. */
export interface Life {
  readonly name: string;
  /** Others count it among the living. */
  readonly isHeld: boolean;
  /** How often they may not have done so. */
  readonly lapses: number;
}

export interface ReaderNeeds {
  readonly log: Pick<Log, 'read'>;
  readonly nodes: Nodes;
  readonly life: Life;
  /** Where this node hears, whatever its name is. */
  readonly desk: string;
  take(order: Order, at: Position): void;
  /** Resolves when all that were taken are carried out. */
  carriedOut(): Promise<void>;
  /** Of those up to there, some may have been given of which this node will never know. `isLate`: while it served clients. */
  missed(at: Position, isLate: boolean): void;
}

const pageEntries = 256;

export class Reader {
  /** Up to where orders were taken. */
  position: Position | undefined;
  private readonly needs: ReaderNeeds;
  private looking: Promise<void> | undefined;
  private next: Promise<void> | undefined;
  private registered: string | undefined;
  /** The lapse of the node's life since which it has read everything. */
  private knownSince: number | undefined;
  private isStopped = false;

  constructor(needs: ReaderNeeds) {
    this.needs = needs;
  }

  /** Nobody can have been told that an order is carried out which this node does not know. */
  get isCurrent(): boolean {
    const { life } = this.needs;
    return life.isHeld && this.knownSince === life.lapses;
  }

  /** Reads what there is by now. All who ask while something is being read wait for one more reading. */
  look(): Promise<void> {
    if (this.looking === undefined) {
      return this.begin();
    }
    this.next ??= this.looking
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.begin();
      });
    return this.next;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.registered !== undefined) {
      await this.needs.nodes.leave(this.registered);
    }
  }

  private begin(): Promise<void> {
    this.looking = this.readAll().finally(() => {
      this.looking = undefined;
    });
    return this.looking;
  }

  private async readAll(): Promise<void> {
    const { life } = this.needs;
    // As it is before anything is asked: an order that was given later is looked for once more.
    const { isHeld, lapses, name } = life;
    await this.readOn(isHeld ? name : undefined);
    if (isHeld && this.registered !== name) {
      // The engine lost that, as was read.
      await this.readOn(name);
    }
    if (isHeld && this.registered === name && this.knownSince !== lapses) {
      await this.needs.carriedOut();
      this.knownSince = lapses;
    }
  }

  /** To the end. @param name By which the node is to be registered; undefined: by none that it has not. */
  private async readOn(name: string | undefined): Promise<void> {
    if (name !== undefined && this.registered !== name) {
      await this.register(name);
    }
    while (!this.isStopped && !(await this.page())) {
      // Another page.
    }
  }

  /** Before it reads: whoever gave an order that it does not read finds it there, and waits for it. */
  private async register(name: string): Promise<void> {
    const { nodes, desk } = this.needs;
    const before = this.registered;
    await nodes.enter(name, desk);
    this.registered = name;
    if (before !== undefined) {
      await nodes.leave(before);
    }
  }

  /** True when that was the last. */
  private async page(): Promise<boolean> {
    const { log } = this.needs;
    const since = this.position;
    const place = { channel: ordersChannel, limit: pageEntries };
    const page =
      since === undefined
        ? await log.read(ordersChannel, 0, pageEntries)
        : await readFrom(log, { ...place, since });
    const before = since ?? beginning(page.epoch);
    this.position = before;
    for (const one of owed(before, page)) {
      if ('gap' in one) {
        this.fell(one.gap, since !== undefined);
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
      this.needs.take(order, position);
    }
  }

  private fell({ reason, to }: Gap, isLate: boolean): void {
    this.position = to;
    if (reason !== 'trimmed') {
      // What the engine lost may be that this node is there.
      this.registered = undefined;
    }
    // An engine that loses what it had acknowledged hides nothing from a node for which others waited.
    if (!isLate || reason === 'trimmed' || this.knownSince !== this.needs.life.lapses) {
      this.needs.missed(to, isLate);
    }
  }
}
