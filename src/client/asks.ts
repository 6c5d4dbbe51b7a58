/**
 * What the server asks of this client.
 * In: `ask` and `revoke`, and the application's handlers. Out: one answer for each, on the connection that asked. Fails: a handler that
 * throws declines; when the connection is lost nobody waits any more, and handlers are told by their signal.
 */
import type { Cancel } from '../ground/clock.ts';
import type { Ask, ClientMessage, Decline, Revoke } from '../wire/index.ts';
import { copied } from './encode.ts';
import type { Settings } from './options.ts';

/** Gives the answer: any JSON value. `signal` says that nobody waits for it any more. */
export type AskHandler = (data: unknown, about: { readonly signal: AbortSignal }) => unknown;

interface Running {
  readonly aborting: AbortController;
  readonly cancelDeadline: Cancel;
}

type Send = (message: ClientMessage) => void;

/** Longest message of a `decline`, in characters. */
const longestMessage = 1_000;

export class Asks {
  private readonly settings: Settings;
  private readonly handlers = new Map<string, AskHandler>();
  private readonly running = new Map<number, Running>();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** One handler for each method: the latest. */
  handle(method: string, handler: AskHandler): () => void {
    this.handlers.set(method, handler);
    return () => {
      if (this.handlers.get(method) === handler) {
        this.handlers.delete(method);
      }
    };
  }

  asked(ask: Ask, send: Send): void {
    const { id, method } = ask;
    const handler = this.handlers.get(method);
    if (handler === undefined) {
      send(decline(id, 'METHOD_UNKNOWN', 'this client has no such method'));
    } else if (this.running.has(id) || this.running.size >= this.settings.maxPending) {
      send(decline(id, 'CALL_FAILED', 'this client is asked too much at once'));
    } else {
      void this.run(ask, handler, send);
    }
  }

  revoked({ id }: Revoke): void {
    this.take(id)?.aborting.abort();
  }

  /** The connection is gone. */
  lost(): void {
    for (const id of this.running.keys()) {
      this.take(id)?.aborting.abort();
    }
  }

  private async run({ id, data, withinMs }: Ask, handler: AskHandler, send: Send): Promise<void> {
    const aborting = new AbortController();
    const running = {
      aborting,
      cancelDeadline: this.settings.clock.after(withinMs, () => {
        this.take(id)?.aborting.abort();
        send(decline(id, 'CALL_TOO_LATE', 'there was no answer in time'));
      }),
    };
    this.running.set(id, running);
    const answer = await answerOf(id, async () => handler(data, { signal: aborting.signal }));
    if (this.running.get(id) === running) {
      this.take(id);
      send(answer);
    }
  }

  private take(id: number): Running | undefined {
    const running = this.running.get(id);
    running?.cancelDeadline();
    this.running.delete(id);
    return running;
  }
}

async function answerOf(id: number, run: () => Promise<unknown>): Promise<ClientMessage> {
  try {
    // A handler that gives nothing has answered.
    const data = (await run()) ?? null;
    return copied({ type: 'answer', id, data }).message;
  } catch (error) {
    return decline(id, 'CALL_FAILED', String(error));
  }
}

function decline(id: number, code: Decline['code'], message: string): Decline {
  return { type: 'decline', id, code, message: message.slice(0, longestMessage) };
}
