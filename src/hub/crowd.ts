/**
 * Those who are connected to this hub, and those who were sent away and have not closed yet.
 * In: sessions that come, end and close. Out: what all of them are told, and a promise for when there are few enough. Cannot fail.
 */
import type { Clock } from '../ground/clock.ts';
import { type Disconnect, disconnects, type ServerMessage } from '../wire/index.ts';

/** How clients are asked to leave. */
export interface DrainOptions {
  /** Time in which the clients are to leave, in milliseconds. @default 30_000 */
  readonly withinMs?: number;
  /** What clients are told; at most 123 bytes. @default 'the server stops' */
  readonly reason?: string;
}

/** The defaults of `DrainOptions`. */
export const drainDefaults: Required<DrainOptions> = {
  withinMs: 30_000,
  reason: 'the server stops',
};

/** A session, as it is one of many. */
export interface OneOfMany {
  readonly isOpen: boolean;
  readonly subscriptions: { readonly size: number };
  tell(message: ServerMessage): void;
  end(why: Disconnect): void;
}

export class Crowd<Session extends OneOfMany> {
  private readonly clock: Clock;
  private readonly sessions = new Set<Session>();
  /** Sent away, but their outlets are not closed yet. */
  private readonly leaving = new Set<Session>();
  private onLess: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get size(): number {
    return this.sessions.size;
  }

  get subscriptions(): number {
    let count = 0;
    for (const { subscriptions } of this.sessions) {
      count += subscriptions.size;
    }
    return count;
  }

  /** Nobody is on the way out. */
  get hasLeft(): boolean {
    return this.leaving.size === 0;
  }

  come(session: Session): void {
    this.sessions.add(session);
  }

  ended(session: Session): void {
    this.sessions.delete(session);
    this.leaving.add(session);
  }

  /** False when it had not ended before. */
  closed(session: Session): boolean {
    const wasLeaving = this.leaving.delete(session);
    this.less();
    return wasLeaving;
  }

  /** There is less of something than there was. */
  less(): void {
    for (const look of this.onLess) {
      look();
    }
  }

  /** Resolves when `isSo`, looked at whenever something has ended; or after `withinMs`. */
  until(isSo: () => boolean, withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.onLess = this.onLess.filter((other) => other !== look);
        resolve();
      };
      const look = (): void => {
        if (isSo()) {
          finish();
        }
      };
      const cancel = this.clock.after(withinMs, finish);
      this.onLess = [...this.onLess, look];
      look();
    });
  }

  sendAway(): void {
    for (const session of this.sessions) {
      session.end(disconnects.SERVER_STOPPING);
    }
  }

  /** Resolves when all have gone, or the time is over. */
  async askToLeave({ withinMs, reason }: Required<DrainOptions>): Promise<void> {
    for (const session of this.sessions) {
      if (session.isOpen) {
        session.tell({ type: 'drain', reconnectWithinMs: withinMs, reason });
      }
    }
    await this.until(() => this.sessions.size === 0 && this.hasLeft, withinMs);
  }
}
