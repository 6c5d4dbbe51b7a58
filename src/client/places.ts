/**
 * The register of channels that this client follows.
 * In: subscriptions and connections, which come and go, and what the server says of channels. Out: each to the place that it
 * concerns. Bounded by `maxSubscriptions`, for those that the application holds and again for those that the server holds.
 */
import type { Refused } from '../wire/index.ts';
import type { ClientError } from './errors.ts';
import type { Settings } from './options.ts';
import { type ChannelMessage, type Line, Place, type PlaceHost } from './place.ts';
import type { ChainedSubscription } from './subscription.ts';

export class Places implements PlaceHost {
  readonly settings: Settings;
  readonly nextId: () => number;
  line: Line | undefined;
  private readonly places = new Map<string, Place>();

  constructor(settings: Settings, nextId: () => number) {
    this.settings = settings;
    this.nextId = nextId;
  }

  get isFull(): boolean {
    return this.count((place) => place.wanted !== undefined) >= this.settings.maxSubscriptions;
  }

  get hasRoom(): boolean {
    const taken = this.count((place) => place.seat !== 'out');
    const asked = this.count((place) => place.seat === 'joining' || place.seat === 'leaving');
    return taken < this.settings.maxSubscriptions && asked < (this.line?.window ?? 0);
  }

  find(channel: string): ChainedSubscription | undefined {
    return this.places.get(channel)?.wanted;
  }

  add(subscription: ChainedSubscription): void {
    const { channel } = subscription;
    const place = this.places.get(channel) ?? new Place(channel, this);
    this.places.set(channel, place);
    place.wanted = subscription;
    place.settle();
  }

  remove(subscription: ChainedSubscription): void {
    const place = this.places.get(subscription.channel);
    if (place?.wanted === subscription) {
      place.wanted = undefined;
      place.settle();
      this.sweep(place);
      subscription.move('ended');
    }
  }

  /** A connection was welcomed: every subscription is asked for, from where it stands. */
  opened(line: Line): void {
    this.line = line;
    this.freed();
  }

  lost(): void {
    this.line = undefined;
    const places = [...this.places.values()];
    for (const place of places) {
      place.lose();
      this.sweep(place);
    }
    // Only now: listeners may subscribe, unsubscribe or close.
    for (const { wanted } of places) {
      wanted?.move('pending');
    }
  }

  /** For good. */
  closed(error: ClientError | undefined): void {
    this.line = undefined;
    const places = [...this.places.values()];
    this.places.clear();
    for (const place of places) {
      place.lose();
    }
    for (const { wanted } of places) {
      wanted?.move('ended', error);
    }
  }

  /** What is said of a channel that was left meanwhile is dropped. */
  received(message: ChannelMessage): void {
    this.places.get(message.channel)?.received(message);
  }

  /** What answers none of ours is dropped. */
  refused(message: Refused): void {
    for (const place of this.places.values()) {
      if (place.awaits(message.id)) {
        place.refused(message);
        return;
      }
    }
  }

  freed(): void {
    for (const place of this.places.values()) {
      place.settle();
      this.sweep(place);
    }
  }

  private sweep(place: Place): void {
    if (place.isEmpty) {
      place.lose();
      this.places.delete(place.channel);
    }
  }

  private count(is: (place: Place) => boolean): number {
    let count = 0;
    for (const place of this.places.values()) {
      count += is(place) ? 1 : 0;
    }
    return count;
  }
}
