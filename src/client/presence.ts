/**
 * In which rosters this client stands, over all connections.
 * In: entering and leaving, and connections. Out: `enter` and `exit`; by each new connection everything that stood is entered again, since it
 * may lead to another node, or the session be another: a node that knows it already writes nothing.
 * Fails: what the server refuses is said to whoever asked, and with `exited` when it had stood before.
 */
import { backoffMs } from '../ground/backoff.ts';
import { enterRow, exitRow } from '../wire/index.ts';
import { ClientError, leastOf } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import { requestsOf } from './requests.ts';

/** Another object for each time that the application entered. */
interface Standing {
  readonly data: unknown;
}

/** It was asked, and has no answer yet. */
interface Entering extends Standing {
  /** What stood before was not said again for its sake: if the answer is no, that has to be done. */
  hasMoved: boolean;
}

export class Presence implements Feature {
  readonly #parts: Parts;
  readonly #standing = new Map<string, Standing>();
  /** What was said last of each channel, while it has no answer. Bounded as requests are. */
  readonly #entering = new Map<string, Entering>();
  /** What is being entered again, by channel. */
  readonly #again = new Map<string, Standing>();

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
    const entering = { data, hasMoved: false };
    this.#entering.set(channel, entering);
    try {
      await this.#ask(channel, data);
      if (this.#entering.get(channel) === entering) {
        this.#standing.set(channel, entering);
      }
    } catch (error) {
      const former = this.#standing.get(channel);
      if (entering.hasMoved && former !== undefined && this.#entering.get(channel) === entering) {
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

  /** There is a connection. */
  opened(): void {
    for (const [channel, standing] of this.#standing) {
      const newer = this.#entering.get(channel);
      if (newer !== undefined) {
        // It is asked again by itself, and what it says is the latest.
        newer.hasMoved = true;
      } else if (this.#again.get(channel) !== standing) {
        void this.#enterAgain(channel, standing, 0);
      }
    }
  }

  closed(): void {
    this.#standing.clear();
    this.#entering.clear();
    this.#again.clear();
  }

  async #enterAgain(channel: string, standing: Standing, failures: number): Promise<void> {
    this.#again.set(channel, standing);
    try {
      await this.#ask(channel, standing.data);
      this.#endAgain(channel, standing);
    } catch (error) {
      const stands = this.#standing.get(channel) === standing;
      if (stands && !(error instanceof ClientError && !error.retryable)) {
        this.#later(channel, standing, { failures, leastMs: leastOf(error) });
        return;
      }
      this.#endAgain(channel, standing);
      if (stands) {
        this.#standing.delete(channel);
        this.#parts.events.emit('exited', channel, error as ClientError);
      }
    }
  }

  #later(
    channel: string,
    standing: Standing,
    { failures, leastMs }: { readonly failures: number; readonly leastMs: number },
  ): void {
    const { clock, random, backoff } = this.#parts.settings;
    clock.after(leastMs + backoffMs(failures, random, backoff), () => {
      const newer = this.#entering.get(channel);
      if (newer === undefined && this.#standing.get(channel) === standing) {
        void this.#enterAgain(channel, standing, failures + 1);
        return;
      }
      this.#endAgain(channel, standing);
      if (newer !== undefined) {
        // What it says is the latest, and was asked before.
        newer.hasMoved = true;
      }
    });
  }

  #endAgain(channel: string, standing: Standing): void {
    if (this.#again.get(channel) === standing) {
      this.#again.delete(channel);
    }
  }

  async #ask(channel: string, data: unknown): Promise<void> {
    await requestsOf(this.#parts).ask('entered', (id) => ({ type: 'enter', id, channel, data }), {
      again: 'always',
      rows: { enter: enterRow },
    });
  }
}
