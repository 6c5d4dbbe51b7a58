/**
 * The register of channels that this client follows.
 * In: subscriptions and connections, which come and go, and what the server says of channels. Out: each to the place that it
 * concerns; and one `resume` for all of them with each hello. Bounded by `maxSubscriptions`, for those that the application holds and again for those that the server holds.
 */
import { maxResumeChannels, type Refused } from '../wire/index.ts';
import type { ChainedSubscription } from './chained-subscription.ts';
import type { CoreSettings } from './core-options.ts';
import type { ClientError } from './errors.ts';
import { type ChannelMessage, type Line, Place, type PlaceHost } from './place.ts';

export class Places implements PlaceHost {
  readonly settings: CoreSettings;
  readonly nextId: () => number;
  line: Line | undefined;
  /** How many questions the server may be asked at once; 0 before its welcome. */
  #window = 0;
  readonly #places = new Map<string, Place>();

  constructor(settings: CoreSettings, nextId: () => number) {
    this.settings = settings;
    this.nextId = nextId;
  }

  get isFull(): boolean {
    return this.#count((place) => place.wanted !== undefined) >= this.settings.maxSubscriptions;
  }

  get hasRoom(): boolean {
    const taken = this.#count((place) => place.seat !== 'out');
    const asked = this.#count((place) => place.seat === 'joining' || place.seat === 'leaving');
    return taken < this.settings.maxSubscriptions && asked < this.#window;
  }

  find(channel: string): ChainedSubscription | undefined {
    return this.#places.get(channel)?.wanted;
  }

  add(subscription: ChainedSubscription): void {
    const { channel } = subscription;
    const place = this.#places.get(channel) ?? new Place(channel, this);
    this.#places.set(channel, place);
    place.wanted = subscription;
    place.settle();
  }

  remove(subscription: ChainedSubscription): void {
    const place = this.#places.get(subscription.channel);
    if (place?.wanted === subscription) {
      place.wanted = undefined;
      place.settle();
      this.#sweep(place);
      subscription.move('ended');
    }
  }

  restart(subscription: ChainedSubscription): void {
    const place = this.#places.get(subscription.channel);
    if (place?.wanted === subscription) {
      place.restart();
    }
  }

  /** The hello was sent. Every subscription is asked for with it, from where it stands, in as few messages as can be. */
  greeted(line: Line): void {
    this.line = line;
    const wishing = [...this.#places.values()].filter(({ wish }) => wish !== undefined);
    for (let from = 0; from < wishing.length; from += maxResumeChannels) {
      const some = wishing.slice(from, from + maxResumeChannels);
      const id = this.nextId();
      const channels = some.flatMap(({ wish = [] }) => wish);
      for (const place of some) {
        place.join(id);
      }
      line.send({ type: 'resume', id, channels });
    }
  }

  welcomed(window: number): void {
    this.#window = window;
    this.freed();
  }

  /** In a handover another connection is there already, and subscriptions do not hear of it. */
  lost(isHandover: boolean): void {
    this.line = undefined;
    this.#window = 0;
    const places = [...this.#places.values()];
    for (const place of places) {
      place.lose();
      this.#sweep(place);
    }
    // Only now: listeners may subscribe, unsubscribe or close.
    for (const { wanted } of isHandover ? [] : places) {
      wanted?.move('pending');
    }
  }

  /** For good. */
  closed(error: ClientError | undefined): void {
    this.line = undefined;
    const places = [...this.#places.values()];
    this.#places.clear();
    for (const place of places) {
      place.lose();
    }
    for (const { wanted } of places) {
      wanted?.move('ended', error);
    }
  }

  /** What is said of a channel that was left meanwhile is dropped. */
  received(message: ChannelMessage): void {
    this.#places.get(message.channel)?.received(message);
  }

  /** What answers none of ours is dropped. Without a channel it is the whole of a `resume`, or any other request. */
  refused(message: Refused): void {
    const { id, channel } = message;
    const refused = [...this.#places.values()].filter(
      (place) => place.awaits(id) && (channel === undefined || channel === place.channel),
    );
    for (const place of refused) {
      place.refused(message);
    }
  }

  freed(): void {
    for (const place of this.#places.values()) {
      place.settle();
      this.#sweep(place);
    }
  }

  #sweep(place: Place): void {
    if (place.isEmpty) {
      place.lose();
      this.#places.delete(place.channel);
    }
  }

  #count(is: (place: Place) => boolean): number {
    let count = 0;
    for (const place of this.#places.values()) {
      count += is(place) ? 1 : 0;
    }
    return count;
  }
}
