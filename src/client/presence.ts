/**
 * In which rosters this client stands, over all connections.
 * In: entering and leaving, and connections. Out: `enter` and `exit`; on each connection everything that stood is entered again.
 * Fails: what the server refuses is said to whoever asked, and with `exited` when it had stood before.
 */
import { backoffMs } from '../ground/backoff.ts';
import { enterRow, exitRow } from '../wire/index.ts';
import { ClientError } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import { requestsOf } from './requests.ts';

/** Another object for each time that the application entered. */
interface Standing {
  readonly data: unknown;
}

/** It was asked, and has no answer yet. */
interface Entering extends Standing {
  /** The connection was lost meanwhile: if the answer is no, what stood before must be said again. */
  hasLost: boolean;
}

export class Presence implements Feature {
  readonly #parts: Parts;
  readonly #standing = new Map<string, Standing>();
  /** What was said last of each channel, while it has no answer. Bounded as requests are. */
  readonly #entering = new Map<string, Entering>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.add(this);
  }

  async enter(channel: string, data: unknown): Promise<void> {
    const { maxSubscriptions } = this.#parts.settings;
    if (this.#standing.size >= maxSubscriptions && !this.#standing.has(channel)) {
      const message = `this client stands in ${maxSubscriptions} rosters`;
      throw new ClientError('TOO_MANY_SUBSCRIPTIONS', message);
    }
    const entering = { data, hasLost: false };
    this.#entering.set(channel, entering);
    try {
      await this.#ask(channel, data);
      if (this.#entering.get(channel) === entering) {
        this.#standing.set(channel, entering);
      }
    } catch (error) {
      const former = this.#standing.get(channel);
      if (entering.hasLost && former !== undefined && this.#entering.get(channel) === entering) {
        void this.#enterAgain(channel, former, 0);
      }
      throw error;
    } finally {
      if (this.#entering.get(channel) === entering) {
        this.#entering.delete(channel);
      }
    }
  }

  async exit(channel: string): Promise<void> {
    this.#standing.delete(channel);
    this.#entering.delete(channel);
    await requestsOf(this.#parts).ask('entered', (id) => ({ type: 'exit', id, channel }), {
      again: 'always',
      rows: { exit: exitRow },
    });
  }

  /** The server that answered for us may be another one, and the former may be dead: whoever answers now must know. */
  opened(): void {
    for (const [channel, standing] of this.#standing) {
      const newer = this.#entering.get(channel);
      if (newer === undefined) {
        void this.#enterAgain(channel, standing, 0);
      } else {
        // It is asked again by itself, and what it says is the latest.
        newer.hasLost = true;
      }
    }
  }

  closed(): void {
    this.#standing.clear();
    this.#entering.clear();
  }

  async #enterAgain(channel: string, standing: Standing, failures: number): Promise<void> {
    try {
      await this.#ask(channel, standing.data);
    } catch (error) {
      if (this.#standing.get(channel) !== standing) {
        return;
      }
      if (error instanceof ClientError && !error.retryable) {
        this.#standing.delete(channel);
        this.#parts.events.emit('exited', channel, error);
        return;
      }
      const { clock, random, backoff } = this.#parts.settings;
      clock.after(backoffMs(failures, random, backoff), () => {
        if (this.#standing.get(channel) === standing) {
          void this.#enterAgain(channel, standing, failures + 1);
        }
      });
    }
  }

  async #ask(channel: string, data: unknown): Promise<void> {
    await requestsOf(this.#parts).ask('entered', (id) => ({ type: 'enter', id, channel, data }), {
      again: 'always',
      rows: { enter: enterRow },
    });
  }
}
