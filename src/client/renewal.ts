/**
 * A new token before the old one ends.
 * In: how long the token lasts, and the application's function for tokens. Out: `renew` messages. Fails: what cannot be renewed is
 * tried again until the server ends the connection with TOKEN_EXPIRED; the next begins with a new token.
 */
import { backoffMs } from '../ground/backoff.ts';
import type { Cancel } from '../ground/clock.ts';
import type { Settings } from './options.ts';

/** Asks the server; resolves with how long the new token lasts. */
export type Renew = (token: string) => Promise<number | undefined>;

export class Renewal {
  private readonly settings: Settings;
  private readonly renew: Renew;
  private cancelTimer: Cancel = () => undefined;
  /** Of each connection another: what was begun on an earlier one ends there. */
  private turn = 0;
  private failures = 0;

  constructor(settings: Settings, renew: Renew) {
    this.settings = settings;
    this.renew = renew;
  }

  /** The token lasts as long, in milliseconds; undefined: for ever. */
  start(expiresInMs: number | undefined): void {
    this.stop();
    this.failures = 0;
    if (expiresInMs !== undefined && typeof this.settings.token === 'function') {
      // Between half and nine tenths of its time: tokens that were made together are not renewed together.
      this.wait(expiresInMs * (0.5 + 0.4 * this.settings.random()));
    }
  }

  stop(): void {
    this.turn += 1;
    this.cancelTimer();
  }

  private wait(delayMs: number): void {
    this.cancelTimer();
    this.cancelTimer = this.settings.clock.after(delayMs, () => void this.run());
  }

  private async run(): Promise<void> {
    const { token: given, random, backoff } = this.settings;
    const { turn } = this;
    try {
      const token = typeof given === 'function' ? await given() : undefined;
      if (token !== undefined && turn === this.turn) {
        const expiresInMs = await this.renew(token);
        if (turn === this.turn) {
          this.start(expiresInMs);
        }
      }
    } catch {
      if (turn === this.turn) {
        this.wait(backoffMs(this.failures, random, backoff));
        this.failures += 1;
      }
    }
  }
}
