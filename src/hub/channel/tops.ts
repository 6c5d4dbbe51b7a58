/**
 * Loss at the tail: where no later entry shows the hole, the ends of the followed channels are compared with those of the log.
 * In: a clock and the channels. Out: a question to the log at each interval, while channels are followed, and its answer to them.
 * Fails: never; what the log does not answer is asked again at the next.
 */
import type { Cancel } from '../../ground/clock.ts';
import { at, type Position } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';

export class TopsWatch {
  private readonly hub: Inside;
  private readonly tell: (channel: string, top: Position) => void;
  private mark: string | undefined;
  private cancel: Cancel | undefined;

  /** @param tell The log of the channel ends there. */
  constructor(hub: Inside, tell: (channel: string, top: Position) => void) {
    this.hub = hub;
    this.tell = tell;
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
    const { cancel, hub } = this;
    try {
      const { mark, tops } = await hub.broker.log.tops(this.mark);
      this.mark = mark;
      for (const { channel, epoch, top } of tops) {
        this.tell(channel, at(epoch, top));
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
