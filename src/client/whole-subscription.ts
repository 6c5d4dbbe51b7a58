/**
 * A subscription with its keyed state and its roster, around the one of the core.
 * In: calls of the application. Out: what the rooms that do it say. Fails: as they do.
 */
import type { Listener } from '../ground/emitter.ts';
import type { ChannelKind } from '../wire/index.ts';
import type { ChainedSubscription } from './chained-subscription.ts';
import type { CoreClient } from './client.ts';
import { readHistory } from './history.ts';
import type { KeyedState } from './keyed-state.ts';
import type { Presence } from './presence.ts';
import type { Publisher } from './publisher.ts';
import type { HistoryQuery, Page, Received } from './received.ts';
import type {
  PublishedAt,
  PublishOptions,
  Subscription,
  SubscriptionEvents,
  SubscriptionStatus,
} from './subscription.ts';

interface Rooms {
  readonly client: Pick<CoreClient, 'parts'>;
  readonly publisher: Publisher;
  readonly presence: Presence;
  readonly keyed: KeyedState;
}

export class WholeSubscription implements Subscription {
  readonly channel: string;
  readonly #core: ChainedSubscription;
  readonly #rooms: Rooms;

  constructor(core: ChainedSubscription, rooms: Rooms) {
    this.channel = core.channel;
    this.#core = core;
    this.#rooms = rooms;
  }

  get kind(): ChannelKind | undefined {
    return this.#core.kind;
  }

  get position(): string | undefined {
    return this.#core.position;
  }

  get status(): SubscriptionStatus {
    return this.#core.status;
  }

  get state(): ReadonlyMap<string, Received> {
    return this.#rooms.keyed.values;
  }

  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: Listener<SubscriptionEvents[Name]>,
  ): () => void {
    return this.#core.on(name, listener);
  }

  publish(data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.#rooms.publisher.publish(this.channel, data, options);
  }

  async set(key: string, data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.#rooms.publisher.post(
      { type: 'publish', channel: this.channel, key, data },
      options,
    );
  }

  async remove(key: string, options?: PublishOptions): Promise<PublishedAt> {
    const gone = { data: null, removed: true } as const;
    return this.#rooms.publisher.post(
      { type: 'publish', channel: this.channel, key, ...gone },
      options,
    );
  }

  signal(data: unknown, event?: string): boolean {
    return this.#core.signal(data, event);
  }

  enter(data: unknown): Promise<void> {
    return this.#rooms.presence.enter(this.channel, data);
  }

  exit(): Promise<void> {
    return this.#rooms.presence.exit(this.channel);
  }

  history(query?: HistoryQuery): Promise<Page> {
    return readHistory(this.#rooms.client, this.channel, query);
  }

  unsubscribe(): void {
    this.#core.unsubscribe();
  }
}
