/**
 * What a channel has without having seen it at the end of its log: an engine that lost entries may have announced them before, or given
 * them to one reader, and nothing that comes later shows that they are gone.
 * In: what was announced, read ahead, and lost. Out: whether the log has to be asked, and who has to read again. Cannot fail.
 */
import { type Gap, type Position, samePosition } from '../../wire/index.ts';
import type { Doubtful } from './receiver.ts';

export class Doubts {
  /** The channel stands on what was only announced. */
  private isAnnounced = false;
  /** Subscriptions that read beyond the channel. Each is one of its subscriptions, so they are as few as those. */
  private readonly ahead = new Set<Doubtful>();
  /** Where the latest loss led back to. */
  private fallen: Position | undefined;

  get any(): boolean {
    return this.isAnnounced || this.ahead.size > 0;
  }

  announced(): void {
    this.isAnnounced = true;
  }

  outran(subscription: Doubtful): void {
    this.ahead.add(subscription);
  }

  left(subscription: Doubtful): void {
    this.ahead.delete(subscription);
  }

  fell({ reason, to }: Gap): void {
    if (reason === 'ahead' || reason === 'diverged') {
      this.fallen = to;
    }
  }

  /** What is announced as next to this place may be what was lost, on its way since before that: only the log can tell. */
  isFallen(position: Position): boolean {
    return this.fallen !== undefined && samePosition(this.fallen, position);
  }

  /** The log was seen to end at the place where the channel stands: whoever is elsewhere reads on from where it is. */
  settle(end: Position): void {
    this.isAnnounced = false;
    const ahead = [...this.ahead];
    this.ahead.clear();
    for (const subscription of ahead) {
      subscription.ends(end);
    }
  }

  clear(): void {
    this.isAnnounced = false;
    this.ahead.clear();
    this.fallen = undefined;
  }
}
