/**
 * The register of the channels that this hub follows.
 * In: names and subscriptions. Out: each announcement, to its channel. Fails: `join` rejects as the broker does; a full
 * register is asked about before.
 */
import type { Deliver } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';
import type { Inside } from '../inside.ts';
import type { Subscription } from './catch-up.ts';
import { Channel, type ChannelIdentity } from './channel.ts';
import { TopsWatch } from './tops.ts';

export class Channels {
  private readonly byName = new Map<string, Channel>();
  private readonly hub: Inside;
  private readonly onLess: () => void;
  private readonly tops: TopsWatch;

  /** @param onLess One channel less is followed. */
  constructor(hub: Inside, onLess: () => void) {
    this.hub = hub;
    this.onLess = onLess;
    this.tops = new TopsWatch(hub, this);
  }

  get size(): number {
    return this.byName.size;
  }

  /** For the broker. What comes for a channel that nobody follows any more is ignored. */
  readonly deliver: Deliver = (channel, epoch, publication) => {
    this.byName.get(channel)?.announced(epoch, publication);
  };

  /** The subscription is over, wherever it stood. */
  leave(name: string, subscription: Subscription): void {
    subscription.leave();
    this.byName.get(name)?.leave(subscription);
  }

  /** For the watch over the tops: the log of the channel ends there. */
  compare(name: string, top: Position): void {
    this.byName.get(name)?.compare(top);
  }

  /** For the same: channels of which something is not known to be in the log. */
  doubtful(): Channel[] {
    return [...this.byName.values()].filter((channel) => channel.isDoubtful);
  }

  subscribers(name: string): number {
    return this.byName.get(name)?.subscriptions.size ?? 0;
  }

  /** The channel of this name, or undefined when one more would be too many. Whoever asks joins it in the same turn. */
  find(identity: ChannelIdentity): Channel | undefined {
    const { name } = identity;
    const known = this.byName.get(name);
    if (known !== undefined || this.byName.size >= this.hub.limits.maxChannels) {
      return known;
    }
    const channel = new Channel(identity, this.hub, () => {
      this.byName.delete(name);
      if (this.byName.size === 0) {
        this.tops.end();
      }
      this.onLess();
    });
    this.byName.set(name, channel);
    this.tops.begin();
    return channel;
  }
}
