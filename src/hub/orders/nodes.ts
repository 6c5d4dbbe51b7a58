/**
 * The register of nodes: who must have carried out an order before it is done. It is keyed state in the log of orders, so that an engine that
 * loses one part of it is found out by the other.
 * In: names of lives of nodes. Out: entries. Fails as the broker does. Names that never live again (presence/node-life) are taken out by
 * whoever finds their lease ended.
 */
import type { Clock } from '../../ground/clock.ts';
import type { Log } from '../../ports/index.ts';
import { reservedMark } from '../../wire/index.ts';

/** Orders and nodes. No client names a channel that begins with the mark. */
export const ordersChannel: string = `${reservedMark}orders`;

/** A life of a node, as it stands in the register. */
export interface Registered {
  readonly name: string;
  /** Where it hears what it is asked: the same for all lives of one hub. */
  readonly desk: string;
}

export interface RegisterNeeds {
  readonly log: Pick<Log, 'append' | 'values'>;
  readonly clock: Clock;
  readonly ids: { next(): string };
}

const pageEntries = 256;

export class Nodes {
  private readonly needs: RegisterNeeds;

  constructor(needs: RegisterNeeds) {
    this.needs = needs;
  }

  /** Its lease must have begun: whoever finds it without one takes it out. */
  async enter(name: string, desk: string): Promise<void> {
    const { log, ids, clock } = this.needs;
    const publication = { id: ids.next(), key: name, data: { desk }, atMs: clock.wallMs() };
    await log.append(ordersChannel, publication);
  }

  async leave(name: string): Promise<void> {
    const { log, ids, clock } = this.needs;
    const publication = { id: ids.next(), key: name, data: null, atMs: clock.wallMs() };
    await log.append(ordersChannel, { ...publication, removed: true });
  }

  /** All that are registered, the dead among them. */
  async all(): Promise<Registered[]> {
    const { log } = this.needs;
    const found: Registered[] = [];
    let after = 0;
    for (let hasMore = true; hasMore; ) {
      const { publications, more } = await log.values(ordersChannel, after, pageEntries);
      for (const { key, data, removed } of publications) {
        const { desk } = (data ?? {}) as { readonly desk?: unknown };
        if (key !== undefined && removed !== true && typeof desk === 'string') {
          found.push({ name: key, desk });
        }
      }
      after = publications.at(-1)?.offset ?? after;
      hasMore = more && publications.length > 0;
    }
    return found;
  }
}
