/**
 * Which nodes follow which channels, and which of these changed since when.
 * In: nodes, channels and entries. Out: deliveries, and names of channels. Fails: with the first error of a listener, when all have been told.
 */
import type { Deliver } from '../../ports/index.ts';
import type { Publication } from '../../wire/index.ts';
import { tellPresent } from '../local/telling.ts';

interface Followed {
  readonly nodes: Set<Deliver>;
  /** That it would begin with, as it was shown to those who follow it. */
  epoch: string | undefined;
  /** By the count of changes. */
  changed: number;
}

export class Followers {
  /** The name of this life of the engine: marks of another are not understood. */
  private readonly life: string;
  private readonly channels = new Map<string, Followed>();
  private changes = 0;

  constructor(life: string) {
    this.life = life;
  }

  has(channel: string): boolean {
    return this.channels.has(channel);
  }

  add(channel: string, node: Deliver): void {
    let followed = this.channels.get(channel);
    if (followed === undefined) {
      followed = { nodes: new Set(), epoch: undefined, changed: 0 };
      this.channels.set(channel, followed);
    }
    if (!followed.nodes.has(node)) {
      followed.nodes.add(node);
      this.hasChanged(followed);
    }
  }

  remove(channel: string, node: Deliver): void {
    const followed = this.channels.get(channel);
    followed?.nodes.delete(node);
    if (followed?.nodes.size === 0) {
      this.channels.delete(channel);
    }
  }

  /** A channel that does not exist yet begins with the epoch that its followers were shown. */
  show(channel: string, epoch: string): void {
    const followed = this.channels.get(channel);
    if (followed !== undefined) {
      followed.epoch ??= epoch;
    }
  }

  epochOf(channel: string): string | undefined {
    return this.channels.get(channel)?.epoch;
  }

  announce(channel: string, epoch: string, publication: Publication): void {
    const followed = this.channels.get(channel);
    if (followed === undefined) {
      return;
    }
    this.hasChanged(followed);
    tellPresent(followed.nodes, (deliver) => deliver(channel, epoch, publication));
  }

  /** What is in the store is not known any more. */
  allChanged(): void {
    for (const followed of this.channels.values()) {
      this.hasChanged(followed);
    }
  }

  /** Those of one node that changed since `mark`, all of them if it is not understood; and the mark for the next question. */
  changedSince(
    node: Deliver,
    mark: string | undefined,
  ): { readonly mark: string; readonly channels: readonly string[] } {
    const [life, count = ''] = (mark ?? '').split('.');
    const since = life === this.life && /^\d{1,15}$/.test(count) ? Number(count) : -1;
    const channels: string[] = [];
    for (const [name, { nodes, changed }] of this.channels) {
      if (changed > since && nodes.has(node)) {
        channels.push(name);
      }
    }
    return { mark: `${this.life}.${this.changes}`, channels };
  }

  private hasChanged(followed: Followed): void {
    this.changes += 1;
    followed.changed = this.changes;
  }
}
