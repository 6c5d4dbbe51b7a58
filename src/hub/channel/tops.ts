/**
 * Loss at the tail: where no later entry shows the hole, the ends of the followed channels are compared with those of the log. A channel
 * that has something of which the answer should tell, and does not, reads its log: an engine that lost an entry may still announce it.
 * In: a clock and the channels. Out: a question to the log at each interval, while channels are followed, and its answer to them.
 * Fails: never; what the log does not answer is asked again at the next.
 */
import type { Cancel } from '../../ground/clock.ts';
import { at, type Position } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';

/** The channels, as the watch sees them. */
export interface Watched {
  /** The log of the channel ends there. */
  compare(channel: string, top: Position): void;
  /** Those that have something which the log was not seen to have. */
  doubtful(): readonly { prove(): void }[];
}

export class TopsWatch {
  private readonly hub: Inside;
  private readonly channels: Watched;
  private mark: string | undefined;
  private cancel: Cancel | undefined;

  constructor(hub: Inside, channels: Watched) {
    this.hub = hub;
    this.channels = channels;
  }

  /** Channels are followed. */
  begin(): void {
    this.cancel ??= this.hub.clock.after(this.hub.limits.topsEveryMs, () => void this.look());
  }

  /** None is. */
  end(): void {
    this.cancel?.();
    this.cancel = undefined;
  }

  private async look(): Promise<void> {
    const { cancel, hub, channels } = this;
    // What they had before the question is in the log that answers it, or lost.
    const doubtful = channels.doubtful();
    try {
      const { mark, tops } = await hub.broker.log.tops(this.mark);
      this.mark = mark;
      for (const { channel, epoch, top } of tops) {
        channels.compare(channel, at(epoch, top));
      }
      for (const channel of doubtful) {
        channel.prove();
      }
    } catch (error) {
      hub.notes.failed(error);
    }
    // Whoever ended it meanwhile, or began it anew, has the word.
    if (this.cancel === cancel && cancel !== undefined) {
      this.cancel = undefined;
      this.begin();
    }
  }
}
