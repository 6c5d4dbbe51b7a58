/**
 * One channel, as the application follows it: what is delivered is always a chain, and what is missing is said.
 * In: what the server says of this channel. Out: publications, each linking to the one before it, and gaps between them. Entries of
 * keyed state go to whoever keeps that. Fails: what does not link is not delivered; whoever feeds it is told, and asks the server again.
 */
import { Emitter, type Listener } from '../ground/emitter.ts';
import {
  at,
  type ChannelKind,
  type Gap,
  type Position,
  type Publication,
  type Signalled,
  type Standing,
  type Subscribed,
  samePosition,
  standing,
  toText,
} from '../wire/index.ts';
import type { CoreSettings } from './core-options.ts';
import { ClientError, type ClientErrorCode, reportUncaught } from './errors.ts';
import type { Keyed } from './keyed-state.ts';
import { gapFrom, receivedFrom } from './received.ts';
import { type LoadSnapshot, Resync } from './resync.ts';
import type { CoreSubscription, SubscriptionEvents, SubscriptionStatus } from './subscription.ts';

/** What a subscription asks of its client. */
export interface SubscriptionHome {
  readonly settings: CoreSettings;
  signal(channel: string, data: unknown, event: string | undefined): boolean;
  unsubscribe(subscription: ChainedSubscription): void;
  /** Asks the server anew, from where the subscription stands now. */
  restart(subscription: ChainedSubscription): void;
}

export interface Beginning {
  readonly since?: Position | undefined;
  readonly resync?: LoadSnapshot | undefined;
  readonly keyed?: Keyed | undefined;
}

/** A subscription, with the side that its client holds. */
export class ChainedSubscription implements CoreSubscription {
  readonly channel: string;
  readonly events: Emitter<SubscriptionEvents> = new Emitter<SubscriptionEvents>(reportUncaught);
  kind: ChannelKind | undefined;
  status: SubscriptionStatus = 'pending';
  /** What has been delivered, as the wire says it. */
  last: Position | undefined;
  readonly #home: SubscriptionHome;
  readonly #keyed: Keyed | undefined;
  readonly #resync: Resync | undefined;
  /** The life of the log of which keyed state is being told. */
  #epoch = '';

  constructor(channel: string, { since, resync, keyed }: Beginning, home: SubscriptionHome) {
    this.channel = channel;
    this.last = since;
    this.#home = home;
    this.#keyed = keyed;
    this.#resync =
      resync &&
      new Resync(home.settings, resync, {
        loaded: (position) => {
          this.last = position;
          home.restart(this);
        },
        failed: (error) => this.move('pending', error),
      });
  }

  get position(): string | undefined {
    return this.last && toText(this.last);
  }

  /** A snapshot is being loaded: what comes meanwhile will come again. */
  get isHeld(): boolean {
    return this.#resync?.isRunning === true;
  }

  on<Name extends keyof SubscriptionEvents>(
    name: Name,
    listener: Listener<SubscriptionEvents[Name]>,
  ): () => void {
    return this.events.on(name, listener);
  }

  signal(data: unknown, event?: string): boolean {
    return this.#home.signal(this.channel, data, event);
  }

  unsubscribe(): void {
    this.#home.unsubscribe(this);
  }

  /** Ended is for good, and a refusal lasts until the end. What changes nothing is not told. */
  move(status: SubscriptionStatus, error?: ClientError): void {
    const isFinal = this.status === 'ended' || (this.status === 'refused' && status !== 'ended');
    if (!isFinal && (status !== this.status || error !== undefined)) {
      if (status === 'ended' || status === 'refused') {
        this.#resync?.stop();
      }
      this.status = status;
      this.events.emit('status', error === undefined ? { status } : { status, error });
    }
  }

  /**
   * The server goes on from `position`. False when that is not where we stand and no gap says so: entries would be missing
   * in silence.
   */
  resume({ position, gap, kind, snapshot }: Subscribed): boolean {
    const from = this.last;
    this.kind = kind;
    if (kind === 'log' && from !== undefined && !samePosition(gap?.to ?? from, position)) {
      return false;
    }
    if (kind === 'state') {
      this.#epoch = position.epoch;
      if (this.#keyed === undefined) {
        this.#refuse('KIND_MISMATCH', 'the core of the client does not keep keyed state');
      }
      this.#keyed?.begin(snapshot === true);
    }
    this.move('catchingUp');
    if (kind !== 'state') {
      this.last = kind === 'log' ? position : undefined;
    }
    this.#tellGap(from, gap);
    return true;
  }

  /** Delivers what links to the last one; says how it stood. */
  take(publication: Publication): Standing {
    const { last, kind } = this;
    if (this.status === 'ended' || this.isHeld || kind === 'signals') {
      return 'seen';
    }
    if (kind === 'state') {
      return this.#takeState(publication);
    }
    if (last === undefined) {
      return 'seen';
    }
    const stands = standing(last, publication);
    if (stands === 'next') {
      this.last = at(last.epoch, publication);
      this.events.emit('publication', receivedFrom(last.epoch, publication));
    }
    return stands;
  }

  signalled({ data, event, by }: Signalled): void {
    if (this.status !== 'ended') {
      this.events.emit('signal', { data, event, by });
    }
  }

  /** False when that is in another life of the log. */
  advance(to: Position): boolean {
    const { last } = this;
    if (last === undefined || this.isHeld) {
      return true;
    }
    if (last.epoch === to.epoch && last.offset < to.offset) {
      this.last = to;
    }
    return last.epoch === to.epoch;
  }

  skip(gap: Gap): void {
    const from = this.last ?? gap.from;
    if (this.status !== 'ended' && !this.isHeld) {
      this.last = gap.to;
      this.#tellGap(from, gap);
    }
  }

  /** The server has sent everything up to `position`. False when we did not get it all. */
  caughtUp(position: Position): boolean {
    if (this.isHeld) {
      return true;
    }
    if (this.kind === 'state') {
      this.last = position;
      if (this.#keyed?.complete() === 'full') {
        this.#refuseTooLarge();
      }
    } else if (this.kind === 'log' && !(this.last && samePosition(this.last, position))) {
      return false;
    }
    this.move('live');
    return true;
  }

  /** Until all has come, where it goes on from stays as it was: what came before that comes again. */
  #takeState(publication: Publication): Standing {
    if (this.status === 'live') {
      if (this.last !== undefined && publication.offset <= this.last.offset) {
        return 'seen';
      }
      this.last = at(this.#epoch, publication);
    }
    if (this.#keyed?.put(this.#epoch, publication) === 'full') {
      this.#refuseTooLarge();
    }
    return 'next';
  }

  #refuseTooLarge(): void {
    this.#refuse('STATE_TOO_LARGE', 'more keys than maxStateKeys');
  }

  /** It is not followed any further: the seat is given up. */
  #refuse(code: ClientErrorCode, message: string): void {
    this.move('refused', new ClientError(code, message));
    this.#home.restart(this);
  }

  #tellGap(from: Position | undefined, gap: Gap | undefined): void {
    if (gap !== undefined && from !== undefined) {
      const event = gapFrom(gap, from);
      this.events.emit('gap', event);
      // A listener may have ended it.
      if (this.#resync !== undefined && this.status !== 'ended') {
        this.#resync.run(event);
      }
    }
  }
}
