/**
 * HTTP/2 connections that are shared by all who dial the same way.
 * In: the key of a way, and how to connect. Out: a seat for one stream; or, where the server speaks no WebSocket in HTTP/2, perhaps a
 * socket that agreed on HTTP/1.1. Fails: rejects with `ConnectionError`. While a session is being made all who want it wait for it; it
 * is given up when nobody waits any more.
 */
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../ground/clock.ts';
import { type HeadLimits, headLimitDefaults } from '../protocol/index.ts';
import { lost } from './dial-errors.ts';
import {
  PooledSession,
  type Seat,
  type SessionLimits,
  sessionDefaults,
  startSession,
} from './http2-session.ts';

export interface Found {
  /** To be taken at once. */
  readonly seat?: Seat;
  /** For HTTP/1.1: the first who asked gets it. */
  readonly socket?: Socket | undefined;
}

export type Connecting = (giveUp: AbortSignal) => Promise<Socket>;

export class Http2Pool {
  private readonly clock: Clock;
  private readonly limits: SessionLimits;
  private readonly sessions = new Map<string, Set<PooledSession>>();
  private readonly attempts = new Map<string, Attempt>();

  constructor(clock: Clock, limits: SessionLimits = sessionDefaults) {
    this.clock = clock;
    this.limits = limits;
  }

  /** Sessions that take streams, and those that are being made. */
  get size(): number {
    let size = this.attempts.size;
    for (const sessions of this.sessions.values()) {
      size += sessions.size;
    }
    return size;
  }

  /**
   * @param giveUp Its reason is what this rejects with.
   * @param limits Of what the server answers: the same for the same key.
   */
  async find(
    key: string,
    connecting: Connecting,
    giveUp: AbortSignal,
    limits: Required<HeadLimits> = headLimitDefaults,
  ): Promise<Found> {
    for (;;) {
      const seat = this.seat(key);
      if (seat !== undefined) {
        return { seat };
      }
      const attempt = this.attempts.get(key) ?? this.begin(key, connecting, limits);
      await attempt.join(giveUp);
      if (!attempt.isHttp2) {
        return { socket: attempt.takeSocket() };
      }
      // The seats of a new session may be taken by others who waited: then it begins again.
    }
  }

  private seat(key: string): Seat | undefined {
    for (const session of this.sessions.get(key) ?? []) {
      if (session.hasRoom) {
        return session.seat();
      }
    }
    return undefined;
  }

  private begin(key: string, connecting: Connecting, limits: Required<HeadLimits>): Attempt {
    const attempt = new Attempt(
      async (giveUp) => {
        const socket = await connecting(giveUp);
        if (!('alpnProtocol' in socket) || socket.alpnProtocol !== 'h2') {
          return socket;
        }
        const session = await startSession(socket, giveUp, limits);
        if (session === undefined) {
          return undefined;
        }
        this.keep(key, session);
        return 'h2';
      },
      () => {
        if (this.attempts.get(key) === attempt) {
          this.attempts.delete(key);
        }
      },
    );
    this.attempts.set(key, attempt);
    return attempt;
  }

  private keep(key: string, session: ClientHttp2Session): void {
    const sessions = this.sessions.get(key) ?? new Set();
    const pooled = new PooledSession(session, this.clock, this.limits, () => {
      sessions.delete(pooled);
      if (sessions.size === 0 && this.sessions.get(key) === sessions) {
        this.sessions.delete(key);
      }
    });
    if (!pooled.hasRoom) {
      // It would be made again and again.
      pooled.retire();
      throw lost('the server ended the HTTP/2 connection with its settings');
    }
    this.sessions.set(key, sessions.add(pooled));
  }
}

/** The making of one connection, for all who wait for it. */
class Attempt {
  isHttp2 = false;
  private socket: Socket | undefined;
  private waiting = 0;
  private readonly controller = new AbortController();
  private readonly done: Promise<void>;
  private readonly onOver: () => void;

  constructor(
    work: (giveUp: AbortSignal) => Promise<'h2' | Socket | undefined>,
    onOver: () => void,
  ) {
    this.onOver = onOver;
    this.done = work(this.controller.signal)
      .then((made) => this.settle(made))
      .finally(onOver);
    // Whoever waits hears of it; when nobody does, nobody needs to.
    this.done.catch(() => {});
  }

  join(giveUp: AbortSignal): Promise<void> {
    this.waiting += 1;
    return new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        reject(giveUp.reason as Error);
        this.leave(giveUp.reason);
      };
      giveUp.addEventListener('abort', onAbort, { once: true });
      this.done.then(resolve, reject).finally(() => giveUp.removeEventListener('abort', onAbort));
    });
  }

  /** Once. */
  takeSocket(): Socket | undefined {
    const { socket } = this;
    this.socket = undefined;
    return socket;
  }

  private leave(reason: unknown): void {
    this.waiting -= 1;
    if (this.waiting === 0) {
      this.onOver();
      this.controller.abort(reason);
      this.takeSocket()?.destroy();
    }
  }

  private settle(made: 'h2' | Socket | undefined): void {
    if (made === 'h2') {
      this.isHttp2 = true;
    } else if (this.waiting === 0) {
      made?.destroy();
    } else {
      this.socket = made;
    }
  }
}
