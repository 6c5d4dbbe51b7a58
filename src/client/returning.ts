/**
 * Connect, be connected, come back, and move to another connection before the present one ends.
 * In: what to send. Out: sessions, one after the other, and how they fare. Fails: with the reason in a change to `waiting` or `closed`.
 */
import { backoffMs } from '../ground/backoff.ts';
import type { Cancel } from '../ground/clock.ts';
import type { ClientMessage, Drain, Welcome } from '../wire/index.ts';
import type { StatusChange } from './client.ts';
import type { CoreSettings } from './core-options.ts';
import type { ClientError } from './errors.ts';
import { type Status, type Step, statuses } from './phases.ts';
import type { Line } from './place.ts';
import { type Business, type Ending, Session, type Stay } from './session.ts';

export interface ReturningListener {
  /** The hello was sent; what is sent now is worked off after it. */
  greeted(line: Line): void;
  welcomed(welcome: Welcome, line: Line): void;
  received(message: Business, line: Line): void;
  roundTrip(ms: number): void;
  /** The connection is gone; in a handover the next is there already, and is greeted and welcomed right after this. */
  lost(isHandover: boolean): void;
  closed(error: ClientError | undefined): void;
  changed(change: StatusChange): void;
}

/** A connection that stayed as long as this was a success: the next delay is the first again. */
export const steadyAfterMs = 5_000;
/** No server can keep us away for longer, nor have us wait longer before we move. */
export const longestRetryAfterMs = 3_600_000;

export class Returning {
  status: Status = 'connecting';
  readonly #address: string;
  readonly #settings: CoreSettings;
  readonly #nextId: () => number;
  readonly #listener: ReturningListener;
  #session: Session | undefined;
  /** Is being made while the present one still serves. */
  #successor: Session | undefined;
  /** Of the latest welcome. */
  #stay: Stay | undefined;
  /** Connections in a row that did not stay. */
  #attempts = 0;
  /** Moves in a row from connections that did not stay. */
  #moves = 0;
  #welcomedAtMs: number | undefined;
  /** The server asked us not to come sooner. */
  #notBeforeMs = 0;
  #cancelRetry: Cancel | undefined;
  /** Set from when a move is planned until it is made. */
  #cancelMove: Cancel | undefined;

  constructor(
    address: string,
    settings: CoreSettings,
    nextId: () => number,
    listener: ReturningListener,
  ) {
    this.#address = address;
    this.#settings = settings;
    this.#nextId = nextId;
    this.#listener = listener;
  }

  /** `stay`: of an earlier page. */
  connect(stay: Stay | undefined = this.#stay): void {
    if (this.status === 'closed') {
      return;
    }
    this.#stay = stay;
    this.#welcomedAtMs = undefined;
    this.#session = this.#open();
  }

  /** False: there is no connection. */
  send(message: ClientMessage): boolean {
    const session = this.#session;
    // The present one may have gone before its successor was let in: nothing may be said there before the hello.
    if (session?.isWelcomed !== true) {
      return false;
    }
    session.send(message);
    return true;
  }

  retryNow(): void {
    if (this.status === 'connected') {
      this.#session?.check();
    } else if (this.status === 'waiting' && this.#settings.clock.nowMs() >= this.#notBeforeMs) {
      this.#retry();
    }
  }

  close(): void {
    this.#session?.leave();
    this.#shut(undefined);
  }

  #open(): Session {
    const stay = this.#stay;
    const nextId = this.#nextId;
    const session: Session = new Session(
      this.#address,
      this.#settings,
      { stay, nextId },
      {
        greeted: () => {
          // What is sent with a successor's hello is sent when it is welcomed: until then the present one serves.
          if (session === this.#session && this.status === 'connecting') {
            this.#listener.greeted(session);
          }
        },
        welcomed: (welcome) => this.#welcomed(session, welcome),
        received: (message) => {
          if (session === this.#session) {
            this.#received(message, session);
          }
        },
        roundTrip: (ms) => this.#listener.roundTrip(ms),
        better: () => this.#plan(0),
        ended: (why) => this.#ended(session, why),
      },
    );
    return session;
  }

  #welcomed(session: Session, welcome: Welcome): void {
    this.#stay = { session: welcome.session, secret: welcome.secret };
    const isHandover = this.status === 'connected';
    this.#moves = isHandover && !this.#isSteady ? this.#moves + 1 : 0;
    this.#welcomedAtMs = this.#settings.clock.nowMs();
    if (isHandover) {
      if (this.#session !== session) {
        this.#session?.leave();
      }
      this.#session = session;
      this.#successor = undefined;
      this.#listener.lost(true);
      this.#listener.greeted(session);
    }
    this.#step('welcome');
    this.#listener.welcomed(welcome, session);
    if (!isHandover) {
      this.#tell({ status: 'connected' });
    }
  }

  #received(message: Business, line: Line): void {
    if (message.type === 'drain') {
      this.#drained(message);
    } else {
      this.#listener.received(message, line);
    }
  }

  /** Each client picks a moment of its own, so that not all come at once to those who stay. */
  #drained({ reconnectWithinMs }: Drain): void {
    this.#plan(this.#settings.random() * Math.min(reconnectWithinMs, longestRetryAfterMs));
  }

  /** The present connection has stayed. */
  get #isSteady(): boolean {
    const welcomedAtMs = this.#welcomedAtMs;
    return (
      welcomedAtMs !== undefined && this.#settings.clock.nowMs() - welcomedAtMs >= steadyAfterMs
    );
  }

  #plan(delayMs: number): void {
    if (this.#successor === undefined && this.#cancelMove === undefined) {
      const { clock, random, backoff } = this.#settings;
      // Servers that send us on as soon as we come are not stormed.
      const isPushed = this.#moves > 0 && !this.#isSteady;
      const restMs = isPushed ? backoffMs(this.#moves, random, backoff) : 0;
      this.#cancelMove = clock.after(Math.min(delayMs, longestRetryAfterMs) + restMs, () => {
        this.#cancelMove = undefined;
        this.#successor = this.#open();
      });
    }
  }

  #ended(session: Session, why: Ending): void {
    if (session === this.#successor) {
      this.#successor = undefined;
      if (why.mayReturn) {
        const { random, backoff } = this.#settings;
        this.#plan(why.retryAfterMs + backoffMs(this.#attempts, random, backoff));
        this.#attempts += 1;
      }
    } else if (session === this.#session) {
      if (this.#successor === undefined || !why.mayReturn) {
        this.#lost(why);
      } else {
        // Its place is taken already, or will be in a moment.
        this.#session = this.#successor;
        this.#successor = undefined;
      }
    }
  }

  #lost({ error, mayReturn, retryAfterMs }: Ending): void {
    if (!mayReturn) {
      this.#shut(error);
      return;
    }
    if (error.code === 'FENCED') {
      // Another holds this stay, such as a duplicated tab: it is theirs.
      this.#stay = undefined;
    }
    const { clock, random, backoff } = this.#settings;
    const nowMs = clock.nowMs();
    if (this.#isSteady) {
      this.#attempts = 0;
    }
    const leastMs = Math.min(retryAfterMs, longestRetryAfterMs);
    const retryInMs = leastMs + backoffMs(this.#attempts, random, backoff);
    this.#attempts += 1;
    this.#notBeforeMs = nowMs + leastMs;
    this.#forget();
    this.#step('lose');
    this.#cancelRetry = clock.after(retryInMs, () => this.#retry());
    this.#listener.lost(false);
    this.#tell({ status: 'waiting', retryInMs, error });
  }

  #retry(): void {
    this.#cancelRetry?.();
    this.#step('retry');
    this.connect();
    this.#tell({ status: 'connecting' });
  }

  #shut(error: ClientError | undefined): void {
    if (this.status === 'closed') {
      return;
    }
    this.#step('close');
    this.#forget();
    this.#cancelRetry?.();
    this.#listener.closed(error);
    this.#tell(error === undefined ? { status: 'closed' } : { status: 'closed', error });
  }

  #forget(): void {
    this.#session = undefined;
    this.#successor?.leave();
    this.#successor = undefined;
    this.#cancelMove?.();
    this.#cancelMove = undefined;
  }

  #step(step: Step): void {
    this.status = statuses[this.status][step] ?? this.status;
  }

  /** A listener that was told of a step before may have taken another. */
  #tell(change: StatusChange): void {
    if (change.status === this.status) {
      this.#listener.changed(change);
    }
  }
}
