/**
 * One channel, as the application follows it: what is delivered is always a chain, and what is missing is said.
 * In: what the server says of this channel. Out: publications, each linking to the one before it, and gaps between them.
 * Fails: what does not link is not delivered; whoever feeds it is told, and asks the server again.
 */
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  at,
  type Gap,
  type Position,
  type Publication,
  type Standing,
  samePosition,
  standing,
  toText,
} from '../wire/index.ts';
import { type ClientError, reportUncaught } from './errors.ts';
import {
  type GapEvent,
  gapFrom,
  type HistoryQuery,
  type Page,
  type Received,
  receivedFrom,
} from './received.ts';

/**
 * `pending`: not on a connection, or not answered yet. `catchingUp`: what was missed is coming. `live`: everything is here as it is
 * published. `refused`: the server said no, and not to ask again. `ended`: by `unsubscribe()`, or with the client.
 */
export type SubscriptionStatus = 'pending' | 'catchingUp' | 'live' | 'refused' | 'ended';

export interface SubscriptionChange {
  readonly status: SubscriptionStatus;
  /** Why: with `refused`, with `pending` when the server said not now, and with `ended` when the client was sent away. */
  readonly error?: ClientError;
}

export interface SubscriptionEvents {
  /** In the order of the log, each once. */
  readonly publication: readonly [received: Received];
  /** Told before anything that comes after it. */
  readonly gap: readonly [gap: GapEvent];
  readonly status: readonly [change: SubscriptionChange];
}

export interface Subscription {
  readonly channel: string;
  /**
   * Everything up to here has been delivered. Keep it, and pass it as `since`, to go on after a reload. Undefined until the
   * server has said where the log stands.
   */
  readonly position: string | undefined;
  readonly status: SubscriptionStatus;
  /** Adds a listener; what it returns removes it. A listener that throws disturbs nobody: its error is reported as uncaught. */
  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: Listener<SubscriptionEvents[Name]>,
  ): () => void;
  publish(data: unknown): Promise<PublishedAt>;
  history(query?: HistoryQuery): Promise<Page>;
  /** No more events; the next `subscribe` of this channel makes a new subscription. */
  unsubscribe(): void;
}

/** Where a publication stands in the log. */
export interface PublishedAt {
  readonly position: string;
  readonly id: string;
}

/** What a subscription asks of its client. */
export interface SubscriptionHome {
  publish(data: unknown): Promise<PublishedAt>;
  history(query?: HistoryQuery): Promise<Page>;
  unsubscribe(): void;
}

/** A subscription, with the side that its client holds. */
export class ChainedSubscription implements Subscription {
  readonly channel: string;
  status: SubscriptionStatus = 'pending';
  /** What has been delivered, as the wire says it. */
  last: Position | undefined;
  private readonly home: SubscriptionHome;
  private readonly events = new Emitter<SubscriptionEvents>(reportUncaught);

  constructor(channel: string, since: Position | undefined, home: SubscriptionHome) {
    this.channel = channel;
    this.last = since;
    this.home = home;
  }

  get position(): string | undefined {
    return this.last && toText(this.last);
  }

  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: Listener<SubscriptionEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  publish(data: unknown): Promise<PublishedAt> {
    return this.home.publish(data);
  }

  history(query?: HistoryQuery): Promise<Page> {
    return this.home.history(query);
  }

  unsubscribe(): void {
    this.home.unsubscribe();
  }

  /** Ended is for good, and a refusal lasts until the end. What changes nothing is not told. */
  move(status: SubscriptionStatus, error?: ClientError): void {
    const isFinal = this.status === 'ended' || (this.status === 'refused' && status !== 'ended');
    if (!isFinal && (status !== this.status || error !== undefined)) {
      this.status = status;
      this.events.emit('status', error === undefined ? { status } : { status, error });
    }
  }

  /**
   * The server goes on from `position`. False when that is not where we stand and no gap says so: entries would be missing
   * in silence.
   */
  resume(position: Position, gap: Gap | undefined): boolean {
    const from = this.last;
    if (from !== undefined && !samePosition(gap?.to ?? from, position)) {
      return false;
    }
    this.move('catchingUp');
    if (from !== undefined && gap !== undefined) {
      this.skip(gap);
    }
    this.last = position;
    return true;
  }

  /** Delivers what links to the last one; says how it stood. */
  take(publication: Publication): Standing {
    const { last } = this;
    if (last === undefined || this.status === 'ended') {
      return 'seen';
    }
    const stands = standing(last, publication);
    if (stands === 'next') {
      this.last = at(last.epoch, publication);
      this.events.emit('publication', receivedFrom(last.epoch, publication));
    }
    return stands;
  }

  skip(gap: Gap): void {
    const from = this.last ?? gap.from;
    this.last = gap.to;
    if (this.status !== 'ended') {
      this.events.emit('gap', gapFrom(gap, from));
    }
  }

  /** The server has sent everything up to `position`. False when we did not get it all. */
  caughtUp(position: Position): boolean {
    if (this.last === undefined || !samePosition(this.last, position)) {
      return false;
    }
    this.move('live');
    return true;
  }
}
