/**
 * Promises that a websocket gave out and has not kept yet.
 * In: what came. Out: promises settled. Made on first use: most websockets are never waited for.
 */
import type { Closing } from '../protocol/index.ts';
import { ConnectionError } from './errors.ts';

interface Waiter<Value> {
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

export class Waiters {
  private drains: Waiter<void>[] = [];
  private pongs: Waiter<number>[] = [];
  private closes: ((why: Closing) => void)[] = [];

  get awaitsPong(): boolean {
    return this.pongs.length > 0;
  }

  drained(): Promise<void> {
    return unheeded(new Promise((resolve, reject) => this.drains.push({ resolve, reject })));
  }

  /** With the round-trip time in milliseconds. */
  pong(): Promise<number> {
    return unheeded(new Promise((resolve, reject) => this.pongs.push({ resolve, reject })));
  }

  closed(): Promise<Closing> {
    return new Promise((resolve) => this.closes.push(resolve));
  }

  drainCame(): void {
    for (const { resolve } of this.drains.splice(0)) {
      resolve();
    }
  }

  pongCame(roundTripMs: number): void {
    for (const { resolve } of this.pongs.splice(0)) {
      resolve(roundTripMs);
    }
  }

  closeCame(why: Closing): void {
    const error = closedError(why);
    for (const { reject } of [...this.drains.splice(0), ...this.pongs.splice(0)]) {
      reject(error);
    }
    for (const resolve of this.closes.splice(0)) {
      resolve(why);
    }
  }
}

/** What was awaited will not come. `why` is undefined while the closing handshake is under way. */
export function closedError(why: Closing | undefined): ConnectionError {
  const how = why === undefined ? 'is closing' : `closed with ${why.code} ${why.reason}`.trimEnd();
  return new ConnectionError('WEBSOCKET_CLOSED', `the websocket ${how}`, { retryable: true });
}

/** Nobody has to listen: a peer that goes away must not end a process that did not wait for it. */
export function unheeded<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
