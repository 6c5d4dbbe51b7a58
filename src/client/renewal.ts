/**
 * A new token before the old one ends.
 * In: how long the token lasts, and the application's function for tokens. Out: `renew` messages. Fails: what cannot be renewed is
 * tried again until the server ends the connection with TOKEN_EXPIRED; the next begins with a new token.
 */
import { backoffMs } from '../ground/backoff.ts';
import type { Cancel } from '../ground/clock.ts';
import { renewRow, type Welcome } from '../wire/index.ts';
import { leastOf } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import { requestsOf } from './requests.ts';

/** From now on, as long as the client lives. */
export function renewTokens(parts: Parts): void {
  parts.add(new Renewal(parts));
}

class Renewal implements Feature {
  readonly #parts: Parts;
  #cancelTimer: Cancel = () => undefined;
  /** Of each connection another: what was begun on an earlier one ends there. */
  #turn = 0;
  #failures = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  opened({ expiresInMs }: Welcome): void {
    this.#start(expiresInMs);
  }

  lost(): void {
    this.#turn += 1;
    this.#cancelTimer();
  }

  /** The token lasts as long, in milliseconds; undefined: for ever. */
  #start(expiresInMs: number | undefined): void {
    this.lost();
    this.#failures = 0;
    if (expiresInMs !== undefined && typeof this.#parts.settings.token === 'function') {
      // Between half and nine tenths of its time: tokens that were made together are not renewed together.
      this.#wait(expiresInMs * (0.5 + 0.4 * this.#parts.settings.random()));
    }
  }

  #wait(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.settings.clock.after(delayMs, () => void this.#run());
  }

  async #run(): Promise<void> {
    const { token: given, random, backoff } = this.#parts.settings;
    const turn = this.#turn;
    try {
      const token = typeof given === 'function' ? await given() : undefined;
      if (token !== undefined && turn === this.#turn) {
        const { expiresInMs } = await requestsOf(this.#parts).ask(
          'renewed',
          (id) => ({ type: 'renew', id, token }),
          { rows: { renew: renewRow } },
        );
        if (turn === this.#turn) {
          this.#start(expiresInMs);
        }
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.#wait(leastOf(error) + backoffMs(this.#failures, random, backoff));
        this.#failures += 1;
      }
    }
  }
}
