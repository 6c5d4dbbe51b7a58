/**
 * The client's front hall: what the application wants goes to the room that does it, and what the server says to the room it concerns.
 * In: calls of the application; connections and messages. Out: the rooms' promises and events. Fails: with `ClientError`.
 */
import { Emitter, type Listener } from '../ground/emitter.ts';
import { inboxChannel, isChannelName, rosterMark, toText, type Welcome } from '../wire/index.ts';
import { addressOf } from './address.ts';
import { type AskHandler, Asks } from './asks.ts';
import { type CallOptions, call } from './call.ts';
import { ChainedSubscription } from './chained-subscription.ts';
import type { Client, ClientEvents, SubscribeOptions } from './client.ts';
import { copied } from './encode.ts';
import { ClientError, reportUncaught } from './errors.ts';
import type { Letter } from './letter.ts';
import type { Settings } from './options.ts';
import { Outbox, type OutboxView } from './outbox.ts';
import { whenPageReturns } from './page.ts';
import type { Status } from './phases.ts';
import type { Line } from './place.ts';
import { Places } from './places.ts';
import { Presence } from './presence.ts';
import { gapFrom, type HistoryQuery, type Page, positionFrom, receivedFrom } from './received.ts';
import { Renewal } from './renewal.ts';
import { Requests } from './requests.ts';
import { Returning } from './returning.ts';
import type { Business } from './session.ts';
import type { PublishedAt, PublishOptions, Subscription } from './subscription.ts';
import { Window } from './window.ts';

export class ReturningClient implements Client {
  roundTripMs: number | undefined;
  user: string | undefined;
  private readonly settings: Settings;
  private readonly events = new Emitter<ClientEvents>(reportUncaught);
  private readonly returning: Returning;
  private readonly window: Window;
  private readonly requests: Requests;
  private readonly letters: Outbox;
  private readonly places: Places;
  private readonly presence: Presence;
  private readonly asks: Asks;
  private readonly renewal: Renewal;
  private readonly forgetPage: () => void;
  private lastId = 0;

  constructor(url: string, settings: Settings) {
    const address = addressOf(url);
    this.settings = settings;
    this.window = new Window(() => {
      this.requests.transmit();
      this.letters.transmit();
    });
    this.requests = new Requests(settings, this.nextId, this.window);
    this.letters = new Outbox(settings, this.nextId, this.window);
    const keeper = settings.keep?.({
      clock: settings.clock,
      look: () => this.letters.look(),
      failed: (error) => {
        const message = `nothing is kept any more: ${String(error)}`;
        this.events.emit('storageFailed', new ClientError('STORAGE_FAILED', message, true));
      },
    });
    if (keeper !== undefined) {
      void this.letters.keepBy(keeper);
    }
    this.places = new Places(settings, this.nextId);
    this.presence = new Presence(settings, this.requests, (channel, error) => {
      this.events.emit('exited', channel, error);
    });
    this.asks = new Asks(settings);
    this.renewal = new Renewal(settings, async (token) => {
      const { expiresInMs } = await this.requests.ask('renewed', (id) => ({
        type: 'renew',
        id,
        token,
      }));
      return expiresInMs;
    });
    this.returning = new Returning(address, settings, this.nextId, {
      greeted: (line) => this.places.greeted(line),
      welcomed: (welcome, line) => this.welcomed(welcome, line),
      received: (message, line) => this.received(message, line),
      roundTrip: (ms) => {
        this.roundTripMs = ms;
        this.events.emit('roundTrip', ms);
      },
      lost: (isHandover) => this.lost(isHandover),
      closed: (error) => this.closed(error),
      changed: (change) => this.events.emit('status', change),
    });
    this.forgetPage = whenPageReturns(() => this.retryNow());
    this.returning.connect();
  }

  get status(): Status {
    return this.returning.status;
  }

  get outbox(): OutboxView {
    return this.letters;
  }

  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  subscribe(channel: string, { since, resync }: SubscribeOptions = {}): Subscription {
    this.checkOpen(channel);
    const known = this.places.find(channel);
    if (known !== undefined) {
      return known;
    }
    if (this.places.isFull) {
      const { maxSubscriptions } = this.settings;
      throw new ClientError('TOO_MANY_SUBSCRIPTIONS', `${maxSubscriptions} channels are followed`);
    }
    const from = since === undefined ? undefined : positionFrom(since);
    const subscription = new ChainedSubscription(
      channel,
      { since: from, resync },
      {
        settings: this.settings,
        publish: (data, options) => this.publish(channel, data, options),
        put: async (key, value, options) => {
          const put = value ?? ({ data: null, removed: true } as const);
          return this.post({ type: 'publish', channel, key, ...put }, options);
        },
        signal: (data, event) => this.signal(channel, data, event),
        enter: async (data) => this.presence.enter(channel, data),
        exit: async () => this.presence.exit(channel),
        history: (query) => this.history(channel, query),
        unsubscribe: () => this.places.remove(subscription),
        restart: () => this.places.restart(subscription),
      },
    );
    this.places.add(subscription);
    return subscription;
  }

  inbox(options?: SubscribeOptions): Subscription {
    return this.subscribe(inboxChannel, options);
  }

  roster(channel: string): Subscription {
    return this.subscribe(rosterMark + channel);
  }

  async publish(channel: string, data: unknown, options?: PublishOptions): Promise<PublishedAt> {
    return this.post({ type: 'publish', channel, data }, options);
  }

  async call(method: string, data: unknown, options: CallOptions = {}): Promise<unknown> {
    this.checkOpen();
    const { withinMs = this.settings.replyWithinMs } = options;
    return call(this.requests, { method, data, withinMs }, options);
  }

  handle(method: string, handler: AskHandler): () => void {
    return this.asks.handle(method, handler);
  }

  async history(channel: string, { after, limit = 100 }: HistoryQuery = {}): Promise<Page> {
    this.checkOpen(channel);
    const from = after === undefined ? undefined : positionFrom(after);
    const page = await this.requests.ask('historyPage', (id) => {
      const message = { type: 'history', id, channel, limit } as const;
      return from === undefined ? message : { ...message, after: from };
    });
    const { top, more, gap } = page;
    const publications = page.publications.map((entry) => receivedFrom(top.epoch, entry));
    const read = { publications, more, top: toText(top) };
    return gap === undefined ? read : { ...read, gap: gapFrom(gap, from ?? gap.from) };
  }

  retryNow(): void {
    this.returning.retryNow();
  }

  close(): void {
    this.returning.close();
  }

  private readonly nextId = (): number => {
    this.lastId += 1;
    return this.lastId;
  };

  private post(
    message: Letter['message'],
    { event, durability, tag, withinMs }: PublishOptions = {},
  ): Promise<PublishedAt> {
    this.checkOpen(message.channel);
    return this.letters.add(
      {
        ...message,
        ...(event === undefined ? undefined : { event }),
        ...(durability === undefined ? undefined : { durability }),
      },
      { tag, withinMs },
    );
  }

  private signal(channel: string, data: unknown, event: string | undefined): boolean {
    const signal = { type: 'signal', channel, data } as const;
    const { message } = copied(event === undefined ? signal : { ...signal, event });
    return this.returning.send(message);
  }

  private welcomed(welcome: Welcome, line: Line): void {
    this.user = welcome.user;
    // Channels and requests each have half of what the server works on at once, so that neither keeps the other waiting.
    const window = Math.max(1, Math.floor(welcome.maxPending / 2));
    this.window.open(window);
    this.places.welcomed(window);
    this.requests.opened(line.send, welcome.resumed);
    this.presence.opened();
    this.letters.opened(line.send, welcome.user);
    this.renewal.start(welcome.expiresInMs);
  }

  private received(message: Business, line: Line): void {
    switch (message.type) {
      case 'appended':
        this.letters.answered(message);
        break;
      case 'historyPage':
      case 'entered':
      case 'renewed':
      case 'reply':
        this.requests.answered(message);
        break;
      case 'progress':
        this.requests.progressed(message);
        break;
      case 'ask':
        this.asks.asked(message, line.send);
        break;
      case 'revoke':
        this.asks.revoked(message);
        break;
      case 'error':
        if (!this.letters.refused(message)) {
          this.requests.refused(message);
          this.places.refused(message);
        }
        break;
      case 'drain':
        // Whoever makes connections has heard it.
        break;
      case 'signal':
        if (message.channel === inboxChannel) {
          const { data, event, by } = message;
          this.events.emit('signal', { data, event, by });
        }
        this.places.received(message);
        break;
      default:
        this.places.received(message);
    }
  }

  private lost(isHandover: boolean): void {
    this.renewal.stop();
    this.window.close();
    this.asks.lost();
    this.requests.lost(isHandover);
    this.letters.lost();
    this.places.lost(isHandover);
  }

  private closed(error: ClientError | undefined): void {
    this.forgetPage();
    this.renewal.stop();
    this.window.close();
    this.asks.lost();
    this.presence.closed();
    this.requests.closed();
    this.letters.closed();
    this.places.closed(error);
  }

  private checkOpen(channel?: string): void {
    if (channel !== undefined && !isChannelName(channel)) {
      throw new ClientError('CHANNEL_INVALID', `${JSON.stringify(channel)} cannot name a channel`);
    }
    if (this.status === 'closed') {
      throw new ClientError('CLIENT_CLOSED', 'the client is closed');
    }
  }
}
