/**
 * Looks after the members of nodes that died: somebody must say that they left. Every node with members in a roster, or with clients that
 * look at it, does; which of them says it is decided by the log.
 * In: which rosters matter here, and signs of life of nodes. Out: leaves, on the condition that the member's last entry still stands. Fails:
 * never; a roster that could not be read or written is swept again.
 */
import type { Post } from '../../ports/index.ts';
import { memberFrom, type Publication, rosterMark } from '../../wire/index.ts';
import { leaving, type RosterNeeds } from './membership.ts';

export interface WatchNeeds extends RosterNeeds {
  readonly post: Post;
  readonly leaseMs: number;
  /** Entries asked of the log in one read. */
  readonly pageEntries: number;
  isAlive(node: string): Promise<boolean>;
  /** This node itself says when that session leaves that roster. */
  answersFor(session: string, channel: string): boolean;
}

/** Nodes of which signs of life are remembered; what more there are is found by the rounds. */
const maxNodes = 4_096;
/** Rosters that are looked at without a reason at each beat, by turns: for what nobody heard of. */
const roundRosters = 16;
const topic = '~nodes';

export class RosterWatch {
  private readonly needs: WatchNeeds;
  /** How often each roster matters here. */
  private readonly kept = new Map<string, number>();
  /** When each node was heard of, by our own time. */
  private readonly heardMs = new Map<string, number>();
  private readonly due = new Set<string>();
  /** Of this beat: whether nodes are alive. */
  private readonly verdicts = new Map<string, boolean>();
  private sweeping: Promise<void> | undefined;
  private unfollow: (() => void) | undefined;

  constructor(needs: WatchNeeds) {
    this.needs = needs;
  }

  get size(): number {
    return this.kept.size;
  }

  async start(): Promise<void> {
    this.unfollow = await this.needs.post.follow(topic, (message) => this.hear(message));
  }

  stop(): void {
    this.unfollow?.();
    this.unfollow = undefined;
    this.due.clear();
    this.kept.clear();
  }

  keep(channel: string): void {
    const before = this.kept.get(channel) ?? 0;
    this.kept.set(channel, before + 1);
    if (before === 0) {
      // Its members may be of nodes that died before anybody here looked.
      this.sweepSoon([channel]);
    }
  }

  release(channel: string): void {
    const left = (this.kept.get(channel) ?? 0) - 1;
    if (left > 0) {
      this.kept.set(channel, left);
    } else {
      this.kept.delete(channel);
      this.due.delete(channel);
    }
  }

  /** This node is alive: it says so, looks for those that say nothing, and goes its round. */
  async beat(): Promise<void> {
    const { post, notes } = this.needs;
    try {
      await post.send(topic, { node: post.node });
      const dead = await this.findDead();
      this.verdicts.clear();
      this.sweepSoon(dead ? [...this.kept.keys()] : this.nextRound());
    } catch (error) {
      notes.failed(error);
    }
  }

  private hear(message: unknown): void {
    const { node } = message as { readonly node: string };
    if (this.heardMs.has(node) || this.heardMs.size < maxNodes) {
      this.heardMs.set(node, this.needs.clock.nowMs());
    }
  }

  private async findDead(): Promise<boolean> {
    const nowMs = this.needs.clock.nowMs();
    let found = false;
    for (const [node, heardMs] of this.heardMs) {
      // Silence is no proof: messages between nodes may be lost. The claim is.
      if (nowMs - heardMs >= this.needs.leaseMs && !(await this.needs.isAlive(node))) {
        this.heardMs.delete(node);
        found = true;
      }
    }
    return found;
  }

  /** Those that were kept first go to the end. */
  private nextRound(): string[] {
    const round = [...this.kept].slice(0, roundRosters);
    for (const [channel, count] of round) {
      this.kept.delete(channel);
      this.kept.set(channel, count);
    }
    return round.map(([channel]) => channel);
  }

  private sweepSoon(channels: readonly string[]): void {
    for (const channel of channels) {
      this.due.add(channel);
    }
    if (this.due.size > 0) {
      this.sweeping ??= this.sweepAll().finally(() => {
        this.sweeping = undefined;
      });
    }
  }

  /** One after another. After a failure the rest waits for the next beat. */
  private async sweepAll(): Promise<void> {
    for (const channel of this.due) {
      // Taken out before: it may become due again while it is read.
      this.due.delete(channel);
      try {
        await this.sweep(channel);
      } catch (error) {
        this.needs.notes.failed(error);
        this.due.add(channel);
        return;
      }
    }
  }

  private async sweep(channel: string): Promise<void> {
    const { log, pageEntries } = this.needs;
    let after = 0;
    let hasMore = true;
    while (hasMore && this.kept.has(channel)) {
      const { publications, more } = await log.values(rosterMark + channel, after, pageEntries);
      for (const entry of publications) {
        if (await this.isOrphan(channel, entry)) {
          const options = { expect: { offset: entry.offset, id: entry.id } };
          await log.append(rosterMark + channel, leaving(entry.key!, this.needs), options);
        }
      }
      after = publications.at(-1)?.offset ?? after;
      hasMore = more && publications.length > 0;
    }
  }

  private async isOrphan(channel: string, { key, data, removed }: Publication): Promise<boolean> {
    const member = memberFrom(data);
    if (removed === true || key === undefined || member === undefined) {
      return false;
    }
    const { node } = member;
    const isAlive = this.verdicts.get(node) ?? (await this.needs.isAlive(node));
    this.verdicts.set(node, isAlive);
    // Asked last: whoever came here meanwhile is ours. One who is said to be here, and is not, is nobody's.
    return (!isAlive || node === this.needs.node()) && !this.needs.answersFor(key, channel);
  }
}
