/**
 * One channel on the present connection: the seat that the server holds for us there, and who sits in it.
 * In: who wants the channel, what the server says of it. Out: subscribe and unsubscribe, one at a time, and deliveries.
 * Fails: what does not link is asked for again, from what was delivered; when that does not help, the connection is at fault.
 */
import { backoffMs } from '../ground/backoff.ts';
import type { Cancel } from '../ground/clock.ts';
import type {
  Advanced,
  CaughtUp,
  ClientMessage,
  Gapped,
  HistoryPage,
  Position,
  Published,
  Refused,
  Signalled,
  Subscribed,
  Unsubscribed,
} from '../wire/index.ts';
import type { ChainedSubscription } from './chained-subscription.ts';
import type { CoreSettings } from './core-options.ts';
import { ClientError, refusal } from './errors.ts';
import { type Seat, type SeatStep, seats } from './phases.ts';

/** A page of history that nobody awaits any more is among them, and is dropped. */
type Followed = HistoryPage | Published | Signalled | CaughtUp | Advanced | Gapped;
export type ChannelMessage = Subscribed | Unsubscribed | Followed;

/** A channel, and from where it is to be followed. */
export interface Wish {
  readonly channel: string;
  readonly since?: Position;
}

/** The present connection, as places use it. */
export interface Line {
  send(message: ClientMessage): void;
  /** Ends the connection: the server breaks the protocol. */
  fault(problem: string): void;
  /** Ends the connection: the server does not answer. */
  giveUp(code: 'REPLY_TOO_LATE', message: string): void;
}

/** What a place needs of the register in which it stands. */
export interface PlaceHost {
  readonly settings: CoreSettings;
  readonly nextId: () => number;
  /** Undefined without a connection. */
  readonly line: Line | undefined;
  /** One more seat may be asked for. */
  readonly hasRoom: boolean;
  /** A seat was given up, or refused: others may be waiting for it. */
  freed(): void;
}

/** How often in a row a channel is taken up again before its connection is given up. */
export const maxRepairs = 3;

export class Place {
  readonly channel: string;
  seat: Seat = 'out';
  /** Whom the application listens to. */
  wanted: ChainedSubscription | undefined;
  readonly #host: PlaceHost;
  /** For whom the seat was asked. */
  #seated: ChainedSubscription | undefined;
  /** The seat must be given up and taken again: what came on it does not link. */
  #broken = false;
  /** The request that awaits its answer; 0 when none does. */
  #askedId = 0;
  /** In a row, without anything delivered in between. */
  #repairs = 0;
  #refusals = 0;
  #cancelReply: Cancel | undefined;
  /** Set while the next request has to wait. */
  #cancelDelay: Cancel | undefined;

  constructor(channel: string, host: PlaceHost) {
    this.channel = channel;
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.seat === 'out' && this.wanted === undefined;
  }

  /** Asks for what is wanted and is not so, unless something is being asked already. */
  settle(): void {
    const { seat, wanted } = this;
    const host = this.#host;
    if (host.line === undefined || this.#cancelDelay !== undefined) {
      return;
    }
    if (seat === 'in' && (this.#broken || this.#seated !== wanted)) {
      this.#leave();
    } else if (this.wish !== undefined && host.hasRoom) {
      // Seats that are being left still count with the server, and it works on so many questions at once: `freed` comes back here.
      const { wish } = this;
      const id = host.nextId();
      this.join(id);
      host.line.send({ type: 'subscribe', id, ...wish });
    }
  }

  /** What has to be asked for, if anything. */
  get wish(): Wish | undefined {
    const { seat, wanted, channel } = this;
    if (seat !== 'out' || wanted === undefined || wanted.status === 'refused' || wanted.isHeld) {
      return undefined;
    }
    const { last: since } = wanted;
    return since === undefined ? { channel } : { channel, since };
  }

  /** It is being asked for, by the request with this id. */
  join(id: number): void {
    const { wanted } = this;
    this.#step('join');
    this.#seated = wanted;
    this.#await(id, () => {
      // The heartbeat says that the server is there: it has much to do, or this one question is stuck. No other channel suffers.
      this.#leave();
      this.#delay();
      wanted?.move('pending', new ClientError('REPLY_TOO_LATE', 'no answer in time', true));
    });
  }

  /** What was delivered on this seat does not count: the channel is taken up anew. */
  restart(): void {
    this.#broken = this.seat !== 'out';
    this.settle();
  }

  /** The connection is gone, and the seat with it. */
  lose(): void {
    this.#repairs = 0;
    this.#vacate('lose');
    this.#cancelDelay?.();
    this.#cancelDelay = undefined;
  }

  awaits(id: number): boolean {
    return this.#askedId === id;
  }

  received(message: ChannelMessage): void {
    if (message.type === 'subscribed') {
      this.#admitted(message);
    } else if (message.type !== 'unsubscribed') {
      this.#followed(message);
    } else if (this.awaits(message.id) && this.seat === 'leaving') {
      this.#left();
    }
  }

  /** The answer that was awaited is no. */
  refused(message: Refused): void {
    const { seat, wanted } = this;
    const seated = this.#seated;
    if (seat === 'leaving' && message.code === 'NOT_SUBSCRIBED') {
      this.#left();
      return;
    }
    if (seat === 'joining' && message.code === 'ALREADY_SUBSCRIBED') {
      this.#step('admit');
      this.#repair(message.message);
      return;
    }
    const isFinal = seat === 'joining' && !message.retryable;
    this.#step('refuse');
    if (!isFinal) {
      this.#delay(message.retryAfterMs);
    }
    // To one who came after the question, the answer means nothing.
    if (seat === 'joining' && seated === wanted) {
      wanted?.move(isFinal ? 'refused' : 'pending', refusal(message));
    }
    this.#host.freed();
  }

  #admitted(message: Subscribed): void {
    if (!this.awaits(message.id) || this.seat !== 'joining') {
      return;
    }
    this.#step('admit');
    this.#refusals = 0;
    this.#host.freed();
    if (this.#seated === this.wanted && this.wanted?.resume(message) === false) {
      this.#repair('subscribed names another entry, and no gap');
    } else {
      this.settle();
    }
  }

  #followed(message: Followed): void {
    const { wanted } = this;
    // Between a request and its answer, whatever still comes belongs to the seat that is given up.
    if (this.seat !== 'in' || this.#broken || wanted === undefined || wanted !== this.#seated) {
      return;
    }
    switch (message.type) {
      case 'publication':
        this.#published(wanted, message);
        break;
      case 'signal':
        wanted.signalled(message);
        break;
      case 'gap':
        this.#repairs = 0;
        if (wanted.kind !== 'state' || message.gap.reason === 'unauthorised') {
          wanted.skip(message.gap);
        }
        if (wanted.kind === 'state' || message.gap.reason === 'unauthorised') {
          // Of keyed state keys may be gone, and no entry says so: from where we stood the server tells of the gap again, and gives all that
          // there is. Where we are not let in any more nothing else comes: it is asked, and says so.
          this.restart();
        }
        break;
      case 'advance':
        if (!wanted.advance(message.to)) {
          this.#repair('advance names another epoch');
        }
        break;
      case 'caughtUp':
        if (!wanted.caughtUp(message.position)) {
          this.#repair('caughtUp names another entry');
        }
    }
  }

  #published(wanted: ChainedSubscription, { publication }: Published): void {
    const stands = wanted.take(publication);
    if (stands === 'next') {
      this.#repairs = 0;
    } else if (stands !== 'seen') {
      this.#repair(stands);
    }
  }

  /** Takes the channel up again, a few times; then the server cannot be followed. */
  #repair(problem: string): void {
    this.#repairs += 1;
    if (this.#repairs > maxRepairs) {
      this.#host.line?.fault(`${this.channel} cannot be followed: ${problem}`);
      return;
    }
    this.#broken = true;
    this.settle();
    this.wanted?.move('pending');
  }

  #leave(): void {
    this.#step('leave');
    const { channel } = this;
    const host = this.#host;
    const id = host.nextId();
    this.#await(id, () => {
      host.line?.giveUp('REPLY_TOO_LATE', `unsubscribe of ${channel} is not answered`);
    });
    host.line?.send({ type: 'unsubscribe', id, channel });
  }

  #left(): void {
    this.#vacate('go');
    this.#host.freed();
  }

  #vacate(step: 'go' | 'lose'): void {
    this.#step(step);
    this.#broken = false;
    this.#seated = undefined;
  }

  #await(id: number, onLate: () => void): void {
    const { settings } = this.#host;
    this.#askedId = id;
    this.#cancelReply = settings.clock.after(settings.replyWithinMs, onLate);
  }

  #delay(leastMs = 0): void {
    const { clock, random, backoff } = this.#host.settings;
    this.#cancelDelay = clock.after(leastMs + backoffMs(this.#refusals, random, backoff), () => {
      this.#cancelDelay = undefined;
      this.settle();
    });
    this.#refusals += 1;
  }

  /** Every step answers, or does away with, the request that was awaited. */
  #step(step: SeatStep): void {
    this.seat = seats[this.seat][step] ?? this.seat;
    this.#askedId = 0;
    this.#cancelReply?.();
    this.#cancelReply = undefined;
  }
}
