/**
 * What the server asks of this client.
 * In: `ask` and `revoke`, and the application's handlers. Out: one answer for each, on the connection that asked; what no handler is
 * for is left to the core. Fails: a handler that throws declines; when the connection is lost nobody waits any more, and handlers are told by their signal.
 */
import type { Cancel } from '../ground/clock.ts';
import {
  type Ask,
  answerRow,
  type ClientMessage,
  type Decline,
  type Revoke,
} from '../wire/index.ts';
import { copied } from './encode.ts';
import type { Feature, Parts } from './feature.ts';
import type { Line } from './place.ts';
import type { Business } from './session.ts';

/** Gives the answer: any JSON value. `signal` says that nobody waits for it any more. */
export type AskHandler = (data: unknown, about: { readonly signal: AbortSignal }) => unknown;

interface Running {
  readonly aborting: AbortController;
  readonly cancelDeadline: Cancel;
}

type Send = (message: ClientMessage) => void;

/** Longest message of a `decline`, in characters. */
const longestMessage = 1_000;

export class Asks implements Feature {
  readonly #parts: Parts;
  readonly #handlers = new Map<string, AskHandler>();
  readonly #running = new Map<number, Running>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.add(this);
  }

  /** One handler for each method: the latest. */
  handle(method: string, handler: AskHandler): () => void {
    this.#handlers.set(method, handler);
    return () => {
      if (this.#handlers.get(method) === handler) {
        this.#handlers.delete(method);
      }
    };
  }

  received(message: Business, line: Line): boolean {
    if (message.type === 'revoke') {
      this.#revoked(message);
    }
    return message.type === 'ask' && this.#asked(message, (answer) => line.send(answer));
  }

  /** The connection is gone. */
  lost(): void {
    for (const id of this.#running.keys()) {
      this.#take(id)?.aborting.abort();
    }
  }

  /** False: nobody handles it. */
  #asked(ask: Ask, send: Send): boolean {
    const { id, method } = ask;
    const handler = this.#handlers.get(method);
    if (handler === undefined) {
      return false;
    }
    if (this.#running.has(id) || this.#running.size >= this.#parts.settings.maxPending) {
      send(decline(id, 'CALL_FAILED', 'this client is asked too much at once'));
    } else {
      void this.#run(ask, handler, send);
    }
    return true;
  }

  #revoked({ id }: Revoke): void {
    this.#take(id)?.aborting.abort();
  }

  async #run({ id, data, withinMs }: Ask, handler: AskHandler, send: Send): Promise<void> {
    const aborting = new AbortController();
    const running = {
      aborting,
      cancelDeadline: this.#parts.settings.clock.after(withinMs, () => {
        this.#take(id)?.aborting.abort();
        send(decline(id, 'CALL_TOO_LATE', 'there was no answer in time'));
      }),
    };
    this.#running.set(id, running);
    const answer = await answerOf(id, async () => handler(data, { signal: aborting.signal }));
    if (this.#running.get(id) === running) {
      this.#take(id);
      send(answer);
    }
  }

  #take(id: number): Running | undefined {
    const running = this.#running.get(id);
    running?.cancelDeadline();
    this.#running.delete(id);
    return running;
  }
}

async function answerOf(id: number, run: () => Promise<unknown>): Promise<ClientMessage> {
  try {
    // A handler that gives nothing has answered.
    const data = (await run()) ?? null;
    return copied({ type: 'answer', id, data }, { answer: answerRow }).message;
  } catch (error) {
    return decline(id, 'CALL_FAILED', String(error));
  }
}

function decline(id: number, code: Decline['code'], message: string): Decline {
  return { type: 'decline', id, code, message: message.slice(0, longestMessage) };
}
