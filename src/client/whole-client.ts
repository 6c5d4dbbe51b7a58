/**
 * All of the client: the core, and beside it calls, what the server asks, rosters, keyed state and new tokens.
 * In: calls of the application. Out: what the rooms that do it say. Fails: as they do.
 */
import type { Clock } from '../ground/clock.ts';
import type { Listener } from '../ground/emitter.ts';
import { inboxChannel, rosterMark } from '../wire/index.ts';
import { type AskHandler, Asks } from './asks.ts';
import { type CallOptions, Calls } from './call.ts';
import type { ChainedSubscription } from './chained-subscription.ts';
import type { Client, ClientEvents, SubscribeOptions } from './client.ts';
import { ClientError } from './errors.ts';
import { Hall } from './hall.ts';
import { readHistory } from './history.ts';
import { KeyedState } from './keyed-state.ts';
import type { WholeSettings } from './options.ts';
import type { OutboxView } from './outbox-view.ts';
import type { Status } from './phases.ts';
import { Presence } from './presence.ts';
import { Publisher } from './publisher.ts';
import type { HistoryQuery, Page } from './received.ts';
import { renewTokens } from './renewal.ts';
import { requestsOf } from './requests.ts';
import type { PublishedAt, PublishOptions, Subscription } from './subscription.ts';
import { WholeSubscription } from './whole-subscription.ts';

export class WholeClient implements Client {
  readonly #settings: WholeSettings;
  readonly #hall: Hall;
  readonly #publisher: Publisher;
  readonly #calls: Calls;
  readonly #asks: Asks;
  readonly #presence: Presence;
  /** By what stands behind it: as long as the core gives the same, so do we. */
  readonly #subscriptions = new WeakMap<ChainedSubscription, WholeSubscription>();

  constructor(url: string, settings: WholeSettings) {
    const keeper = settings.keep?.({
      clock: settings.clock,
      randomId: settings.randomId,
      look: (adopted) => this.#publisher.outbox.look(adopted),
      adopt: (name, kept) => this.#publisher.outbox.adopt(name, kept),
      failed: (error) => {
        const message = `nothing is kept any more: ${String(error)}`;
        hall.events.emit('storageFailed', new ClientError('STORAGE_FAILED', message, true));
      },
    });
    const hall = new Hall(url, settings, keeper);
    this.#settings = settings;
    this.#hall = hall;
    // In this order they are told of a connection: what was asked before it came goes first.
    requestsOf(hall);
    this.#presence = new Presence(hall);
    this.#publisher = new Publisher(hall, settings, keeper);
    this.#calls = new Calls(hall);
    this.#asks = new Asks(hall);
    renewTokens(hall);
  }

  get status(): Status {
    return this.#hall.status;
  }

  get roundTripMs(): number | undefined {
    return this.#hall.roundTripMs;
  }

  get user(): string | undefined {
    return this.#hall.user;
  }

  get session(): string | undefined {
    return this.#hall.session;
  }

  get outbox(): OutboxView {
    return this.#publisher.outbox;
  }

  get clock(): Clock {
    return this.#settings.clock;
  }

  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void {
    return this.#hall.on(name, listener);
  }

  subscribe(channel: string, options?: SubscribeOptions): Subscription {
    const keyed = new KeyedState(this.#settings.maxStateKeys, (change) => {
      core.events.emit('state', change);
    });
    const core = this.#hall.subscribe(channel, options, keyed);
    const known = this.#subscriptions.get(core);
    if (known !== undefined) {
      return known;
    }
    const subscription = new WholeSubscription(core, this, keyed);
    this.#subscriptions.set(core, subscription);
    return subscription;
  }

  inbox(options?: SubscribeOptions): Subscription {
    return this.subscribe(inboxChannel, options);
  }

  roster(channel: string): Subscription {
    return this.subscribe(rosterMark + channel);
  }

  publish(channel: string, data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.#publisher.publish(channel, data, options);
  }

  async set(
    channel: string,
    key: string,
    data: unknown,
    options?: PublishOptions,
  ): Promise<PublishedAt> {
    return this.#publisher.post({ type: 'publish', channel, key, data }, options);
  }

  async remove(channel: string, key: string, options?: PublishOptions): Promise<PublishedAt> {
    const gone = { data: null, removed: true } as const;
    return this.#publisher.post({ type: 'publish', channel, key, ...gone }, options);
  }

  signal(channel: string, data: unknown, event?: string): boolean {
    return this.#hall.signal(channel, data, event);
  }

  enter(channel: string, data: unknown): Promise<void> {
    return this.#presence.enter(channel, data);
  }

  exit(channel: string): Promise<void> {
    return this.#presence.exit(channel);
  }

  async call(method: string, data: unknown, options: CallOptions = {}): Promise<unknown> {
    const { channel, withinMs = this.#settings.replyWithinMs } = options;
    this.#hall.checkOpen(channel);
    const about = channel === undefined ? undefined : { channel };
    return this.#calls.call({ method, data, withinMs, ...about }, options);
  }

  handle(method: string, handler: AskHandler): () => void {
    return this.#asks.handle(method, handler);
  }

  history(channel: string, query?: HistoryQuery): Promise<Page> {
    return readHistory(this.#hall, channel, query);
  }

  retryNow(): void {
    this.#hall.retryNow();
  }

  close(): void {
    this.#hall.close();
  }
}
