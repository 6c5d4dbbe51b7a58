/**
 * Connect, be connected, come back: the positions stay here, so a new connection goes on where the last one ended.
 * In: what the application wants. Out: sessions, one after the other, and how they fare. Fails: with `ClientError`.
 */
import { backoffMs } from '../ground/backoff.ts';
import type { Cancel } from '../ground/clock.ts';
import { Emitter, type Listener } from '../ground/emitter.ts';
import { isChannelName, toJson, toText, type Welcome } from '../wire/index.ts';
import { addressOf } from './address.ts';
import type { Client, ClientEvents, StatusChange, SubscribeOptions } from './client.ts';
import { ClientError, reportUncaught } from './errors.ts';
import type { Settings } from './options.ts';
import { whenPageReturns } from './page.ts';
import { type Status, type Step, statuses } from './phases.ts';
import { Places } from './places.ts';
import { gapFrom, type HistoryQuery, type Page, positionFrom, receivedFrom } from './received.ts';
import { Requests } from './requests.ts';
import { type Business, type Ending, Session } from './session.ts';
import { ChainedSubscription, type PublishedAt, type Subscription } from './subscription.ts';

/** A connection that stayed as long as this was a success: the next delay is the first again. */
export const steadyAfterMs = 5_000;
/** No server can keep us away for longer. */
export const longestRetryAfterMs = 3_600_000;

export class ReturningClient implements Client {
  status: Status = 'connecting';
  roundTripMs: number | undefined;
  user: string | undefined;
  private readonly address: string;
  private readonly settings: Settings;
  private readonly events = new Emitter<ClientEvents>(reportUncaught);
  private readonly requests: Requests;
  private readonly places: Places;
  private readonly forgetPage: Cancel;
  private session: Session | undefined;
  private lastId = 0;
  /** Connections in a row that did not stay. */
  private attempts = 0;
  private welcomedAtMs: number | undefined;
  /** The server asked us not to come sooner. */
  private notBeforeMs = 0;
  private cancelRetry: Cancel | undefined;

  constructor(url: string, settings: Settings) {
    this.address = addressOf(url);
    this.settings = settings;
    this.requests = new Requests(settings, this.nextId);
    this.places = new Places(settings, this.nextId);
    this.forgetPage = whenPageReturns(() => this.retryNow());
    this.connect();
  }

  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: Listener<ClientEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  subscribe(channel: string, { since }: SubscribeOptions = {}): Subscription {
    checkChannel(channel);
    if (this.status === 'closed') {
      throw closedError();
    }
    const known = this.places.find(channel);
    if (known !== undefined) {
      return known;
    }
    if (this.places.isFull) {
      const { maxSubscriptions } = this.settings;
      throw new ClientError('TOO_MANY_SUBSCRIPTIONS', `${maxSubscriptions} channels are followed`);
    }
    const from = since === undefined ? undefined : positionFrom(since);
    const subscription = new ChainedSubscription(channel, from, {
      publish: (data) => this.publish(channel, data),
      history: (query) => this.history(channel, query),
      unsubscribe: () => this.places.remove(subscription),
    });
    this.places.add(subscription);
    return subscription;
  }

  async publish(channel: string, data: unknown): Promise<PublishedAt> {
    this.checkOpen(channel);
    const { position } = await this.requests.ask('appended', (id) => ({
      type: 'publish',
      id,
      channel,
      data,
    }));
    return { position: toText(position), id: position.id };
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
    if (this.status === 'connected') {
      this.session?.check();
    } else if (this.status === 'waiting' && this.settings.clock.nowMs() >= this.notBeforeMs) {
      this.retry();
    }
  }

  close(): void {
    this.session?.leave();
    this.shut(undefined);
  }

  private readonly nextId = (): number => {
    this.lastId += 1;
    return this.lastId;
  };

  private connect(): void {
    this.welcomedAtMs = undefined;
    const session = new Session(this.address, this.settings, this.nextId, {
      welcomed: (welcome) => this.welcomed(session, welcome),
      received: (message) => this.received(message),
      roundTrip: (ms) => {
        this.roundTripMs = ms;
        this.events.emit('roundTrip', ms);
      },
      ended: (why) => this.lost(why),
    });
    this.session = session;
  }

  private welcomed(session: Session, { user, maxPending }: Welcome): void {
    this.user = user;
    this.welcomedAtMs = this.settings.clock.nowMs();
    this.step('welcome');
    // Channels and requests each have half of what the server works on at once, so that neither keeps the other waiting.
    const window = Math.max(1, Math.floor(maxPending / 2));
    this.places.opened({
      send: (message) => session.send(toJson(message)),
      fault: (problem) => session.fault(problem),
      giveUp: (code, message) => session.giveUp(code, message),
      window,
    });
    this.requests.opened((text) => session.send(text), window);
    this.tell({ status: 'connected' });
  }

  private received(message: Business): void {
    switch (message.type) {
      case 'appended':
      case 'historyPage':
        this.requests.answered(message);
        break;
      case 'error':
        this.requests.refused(message);
        this.places.refused(message);
        break;
      default:
        this.places.received(message);
    }
  }

  private lost({ error, mayReturn, retryAfterMs }: Ending): void {
    if (!mayReturn) {
      this.shut(error);
      return;
    }
    const { clock, random, backoff } = this.settings;
    const nowMs = clock.nowMs();
    if (this.welcomedAtMs !== undefined && nowMs - this.welcomedAtMs >= steadyAfterMs) {
      this.attempts = 0;
    }
    const leastMs = Math.min(retryAfterMs, longestRetryAfterMs);
    const retryInMs = leastMs + backoffMs(this.attempts, random, backoff);
    this.attempts += 1;
    this.notBeforeMs = nowMs + leastMs;
    this.session = undefined;
    this.step('lose');
    this.cancelRetry = clock.after(retryInMs, () => this.retry());
    this.requests.lost();
    this.places.lost();
    this.tell({ status: 'waiting', retryInMs, error });
  }

  private retry(): void {
    this.cancelRetry?.();
    this.step('retry');
    this.connect();
    this.tell({ status: 'connecting' });
  }

  private shut(error: ClientError | undefined): void {
    if (this.status === 'closed') {
      return;
    }
    this.step('close');
    this.session = undefined;
    this.cancelRetry?.();
    this.forgetPage();
    this.requests.closed();
    this.places.closed(error);
    this.tell(error === undefined ? { status: 'closed' } : { status: 'closed', error });
  }

  private step(step: Step): void {
    this.status = statuses[this.status][step] ?? this.status;
  }

  /** A listener that was told of a step before may have taken another. */
  private tell(change: StatusChange): void {
    if (change.status === this.status) {
      this.events.emit('status', change);
    }
  }

  private checkOpen(channel: string): void {
    checkChannel(channel);
    if (this.status === 'closed') {
      throw closedError();
    }
  }
}

function closedError(): ClientError {
  return new ClientError('CLIENT_CLOSED', 'the client is closed');
}

function checkChannel(channel: string): void {
  if (!isChannelName(channel)) {
    throw new ClientError('CHANNEL_INVALID', `${JSON.stringify(channel)} cannot name a channel`);
  }
}
