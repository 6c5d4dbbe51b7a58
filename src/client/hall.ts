/**
 * The core's front hall: what the application wants goes to the room that does it, and what the server says to the room it concerns.
 * In: calls of the application; connections and messages; features, which stand beside the core. Out: the rooms' promises and events.
 * Fails: with `ClientError`.
 */
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  inboxChannel,
  isChannelName,
  type Signal,
  signalRow,
  type Welcome,
} from '../wire/index.ts';
import { addressOf } from './address.ts';
import { ChainedSubscription, type SubscriptionHome } from './chained-subscription.ts';
import type { ClientEvents, CoreClient, SubscribeOptions } from './client.ts';
import type { CoreSettings } from './core-options.ts';
import { copied } from './encode.ts';
import { ClientError, reportUncaught } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import type { OutboxKeeper } from './keeping.ts';
import type { Keyed } from './keyed-state.ts';
import { whenPageReturns } from './page.ts';
import type { Status } from './phases.ts';
import type { Line } from './place.ts';
import { Places } from './places.ts';
import { positionFrom } from './received.ts';
import { Returning } from './returning.ts';
import type { Business } from './session.ts';
import { Window } from './window.ts';

export class Hall implements CoreClient, Parts, SubscriptionHome {
  roundTripMs: number | undefined;
  user: string | undefined;
  session: string | undefined;
  readonly settings: CoreSettings;
  readonly events: Emitter<ClientEvents> = new Emitter<ClientEvents>(reportUncaught);
  readonly window: Window;
  readonly nextId: () => number;
  readonly #features: Feature[] = [];
  readonly #places: Places;
  readonly #returning: Returning;
  readonly #forgetPage: () => void;
  /** Of the present connection, for features that come late. */
  #welcome: readonly [welcome: Welcome, line: Line] | undefined;

  /**
   * Connects at once; nothing comes of it before this has returned.
   * @param origin What an earlier page left of its session: how far its ids went, and by what it goes on.
   */
  constructor(
    url: string,
    settings: CoreSettings,
    origin?: Pick<OutboxKeeper, 'firstId' | 'begin'>,
  ) {
    let lastId = origin?.firstId ?? 0;
    const nextId = (): number => {
      lastId += 1;
      return lastId;
    };
    this.settings = settings;
    this.nextId = nextId;
    this.window = new Window(() => {
      for (const feature of this.#features) {
        feature.freed?.();
      }
    });
    this.#places = new Places(settings, nextId);
    this.#returning = new Returning(addressOf(url), settings, nextId, {
      greeted: (line) => this.#places.greeted(line),
      welcomed: (welcome, line) => this.#welcomed(welcome, line),
      received: (message, line) => this.#received(message, line),
      roundTrip: (ms) => {
        this.roundTripMs = ms;
        this.events.emit('roundTrip', ms);
      },
      lost: (isHandover) => this.#lost(isHandover),
      closed: (error) => this.#closed(error),
      changed: (change) => this.events.emit('status', change),
    });
    this.#forgetPage = whenPageReturns(() => this.retryNow());
    if (origin === undefined) {
      this.#returning.connect();
    } else {
      void origin.begin().then((stay) => this.#returning.connect(stay));
    }
  }

  get parts(): Parts {
    return this;
  }

  get status(): Status {
    return this.#returning.status;
  }

  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  /** `keyed`: what becomes of the channel if it is one of keyed state. Without it, it is refused. */
  subscribe(
    channel: string,
    { since, resync }: SubscribeOptions = {},
    keyed?: Keyed,
  ): ChainedSubscription {
    this.checkOpen(channel);
    const known = this.#places.find(channel);
    if (known !== undefined) {
      return known;
    }
    if (this.#places.isFull) {
      const { maxSubscriptions } = this.settings;
      throw new ClientError('TOO_MANY_SUBSCRIPTIONS', `${maxSubscriptions} channels are followed`);
    }
    const from = since === undefined ? undefined : positionFrom(since);
    const subscription = new ChainedSubscription(channel, { since: from, resync, keyed }, this);
    this.#places.add(subscription);
    return subscription;
  }

  inbox(options?: SubscribeOptions): ChainedSubscription {
    return this.subscribe(inboxChannel, options);
  }

  retryNow(): void {
    this.#returning.retryNow();
  }

  close(): void {
    this.#returning.close();
  }

  add(feature: Feature): void {
    this.#features.push(feature);
    if (this.#welcome !== undefined) {
      feature.opened?.(...this.#welcome);
    }
  }

  checkOpen(channel?: string): void {
    if (channel !== undefined && !isChannelName(channel)) {
      throw new ClientError('CHANNEL_INVALID', `${JSON.stringify(channel)} cannot name a channel`);
    }
    if (this.status === 'closed') {
      throw new ClientError('CLIENT_CLOSED', 'the client is closed');
    }
  }

  signal(channel: string, data: unknown, event: string | undefined): boolean {
    const signal = { type: 'signal', channel, data } as const;
    const said: Signal = event === undefined ? signal : { ...signal, event };
    return this.#returning.send(copied(said, { signal: signalRow }).message);
  }

  unsubscribe(subscription: ChainedSubscription): void {
    this.#places.remove(subscription);
  }

  restart(subscription: ChainedSubscription): void {
    this.#places.restart(subscription);
  }

  #welcomed(welcome: Welcome, line: Line): void {
    this.#welcome = [welcome, line];
    this.user = welcome.user;
    this.session = welcome.session;
    // Channels and requests each have half of what the server works on at once, so that neither keeps the other waiting.
    const window = Math.max(1, Math.floor(welcome.maxPending / 2));
    this.window.open(window);
    this.#places.welcomed(window);
    for (const feature of this.#features) {
      feature.opened?.(welcome, line);
    }
  }

  #received(message: Business, line: Line): void {
    if (this.#features.some((feature) => feature.received?.(message, line))) {
      return;
    }
    switch (message.type) {
      case 'error':
        this.#places.refused(message);
        break;
      case 'ask':
        line.send({
          type: 'decline',
          id: message.id,
          code: 'METHOD_UNKNOWN',
          message: 'this client has no such method',
        });
        break;
      default:
        if (message.type === 'signal' && message.channel === inboxChannel) {
          const { data, event, by } = message;
          this.events.emit('signal', { data, event, by });
        }
        if ('channel' in message) {
          this.#places.received(message);
        }
    }
  }

  #lost(isHandover: boolean): void {
    this.#welcome = undefined;
    this.window.close();
    for (const feature of this.#features) {
      feature.lost?.(isHandover);
    }
    this.#places.lost(isHandover);
  }

  #closed(error: ClientError | undefined): void {
    this.#forgetPage();
    this.#welcome = undefined;
    this.window.close();
    for (const feature of this.#features) {
      feature.lost?.(false);
      feature.closed?.();
    }
    this.#places.closed(error);
  }
}
