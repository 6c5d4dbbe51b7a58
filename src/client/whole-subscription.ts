/**
 * A subscription with its keyed state and its roster, around the one of the core.
 * In: calls of the application. Out: what the rooms that do it say. Fails: as they do.
 */
import type { Listener } from '../ground/emitter.ts';
import type { ChannelKind } from '../wire/index.ts';
import type { ChainedSubscription } from './chained-subscription.ts';
import type { Client } from './client.ts';
import type { KeyedState } from './keyed-state.ts';
import type { HistoryQuery, Page, Received } from './received.ts';
import type {
  PublishedAt,
  PublishOptions,
  Subscription,
  SubscriptionEvents,
  SubscriptionStatus,
} from './subscription.ts';

export class WholeSubscription implements Subscription {
  readonly channel: string;
  readonly #core: ChainedSubscription;
  readonly #client: Client;
  readonly #keyed: KeyedState;

  constructor(core: ChainedSubscription, client: Client, keyed: KeyedState) {
    this.channel = core.channel;
    this.#core = core;
    this.#client = client;
    this.#keyed = keyed;
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
    return this.#keyed.values;
  }

  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: Listener<SubscriptionEvents[Name]>,
  ): () => void {
    return this.#core.on(name, listener);
  }

  publish(data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.#client.publish(this.channel, data, options);
  }

  set(key: string, data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.#client.set(this.channel, key, data, options);
  }

  remove(key: string, options?: PublishOptions): Promise<PublishedAt> {
    return this.#client.remove(this.channel, key, options);
  }

  signal(data: unknown, event?: string): boolean {
    return this.#client.signal(this.channel, data, event);
  }

  enter(data: unknown): Promise<void> {
    return this.#client.enter(this.channel, data);
  }

  exit(): Promise<void> {
    return this.#client.exit(this.channel);
  }

  history(query?: HistoryQuery): Promise<Page> {
    return this.#client.history(this.channel, query);
  }

  unsubscribe(): void {
    this.#core.unsubscribe();
  }
}
