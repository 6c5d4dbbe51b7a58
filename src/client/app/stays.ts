/**
 * In which rosters this client is to be, for as long as somebody wants that: a component that is shown, say.
 * In: those who want it, and what they say. Out: `enter` and `exit` of the client. Fails: a refusal is told to all who want it; what may be asked
 * again is asked again, after a delay that grows.
 */
import { backoffDefaults, backoffMs } from '../../ground/backoff.ts';
import type { Cancel } from '../../ground/clock.ts';
import type { Client, ClientError } from '../index.ts';

interface Wish {
  readonly data: unknown;
  readonly refused: (error: ClientError) => void;
}

interface Stay {
  readonly wishes: Set<Wish>;
  /** What was entered with last, as JSON; undefined: nothing, or it was refused. */
  said: string | undefined;
  /** Grows with each request: an answer to an older one says nothing any more. */
  turn: number;
  /** Of what is to be asked later. */
  cancel: Cancel;
}

export class Stays {
  readonly #client: () => Client;
  /** By channel. */
  readonly #stays = new Map<string, Stay>();
  #isListening = false;

  constructor(client: () => Client) {
    this.#client = client;
  }

  /** Be in the roster until what it returns is called. Of several who want it, the latest says with what. */
  stay(channel: string, data: unknown, refused: Wish['refused']): () => void {
    this.#listen();
    const known = this.#stays.get(channel);
    const stay = known ?? { wishes: new Set(), said: undefined, turn: 0, cancel: () => undefined };
    const wish = { data, refused };
    this.#stays.set(channel, stay);
    stay.wishes.add(wish);
    void this.#settle(channel, stay, 0);
    return () => {
      if (stay.wishes.delete(wish)) {
        // Not at once: who leaves and comes back in the same turn has not left.
        this.#later(channel, stay, { delayMs: 0, failures: 0 });
      }
    };
  }

  async #settle(channel: string, stay: Stay, failures: number): Promise<void> {
    stay.cancel();
    const wish = [...stay.wishes].at(-1);
    const said = wish && JSON.stringify(wish.data);
    if (wish !== undefined && said === stay.said) {
      return;
    }
    stay.said = said;
    stay.turn += 1;
    const { turn } = stay;
    const client = this.#client();
    try {
      await (wish === undefined ? client.exit(channel) : client.enter(channel, wish.data));
    } catch (error) {
      if (turn === stay.turn) {
        this.#failed(channel, stay, { error: error as ClientError, failures });
      }
      return;
    }
    this.#forget(channel, stay);
  }

  #failed(
    channel: string,
    stay: Stay,
    { error, failures }: { readonly error: ClientError; readonly failures: number },
  ): void {
    stay.said = undefined;
    if (error.retryable) {
      const delayMs = Math.max(
        error.retryAfterMs ?? 0,
        backoffMs(failures, () => 1, backoffDefaults),
      );
      this.#later(channel, stay, { delayMs, failures: failures + 1 });
      return;
    }
    this.#forget(channel, stay);
    for (const { refused } of stay.wishes) {
      refused(error);
    }
  }

  #later(
    channel: string,
    stay: Stay,
    { delayMs, failures }: { readonly delayMs: number; readonly failures: number },
  ): void {
    stay.cancel();
    stay.cancel = this.#client().clock.after(delayMs, () => {
      void this.#settle(channel, stay, failures);
    });
  }

  #forget(channel: string, stay: Stay): void {
    if (stay.wishes.size === 0) {
      this.#stays.delete(channel);
    }
  }

  /** The server does not let it back into a roster in which it stood. */
  #listen(): void {
    if (!this.#isListening) {
      this.#isListening = true;
      this.#client().on('exited', (channel, error) => {
        const stay = this.#stays.get(channel);
        if (stay !== undefined) {
          this.#failed(channel, stay, { error, failures: 0 });
        }
      });
    }
  }
}
