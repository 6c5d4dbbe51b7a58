/**
 * Calls of the application on the server's side.
 * In: a method, its data, a deadline and a way to cancel; what the server says on the way to the answer. Out: the answer. Fails: with what
 * the server says; `OUTCOME_UNKNOWN` when it was sent and nobody can know what became of it; `CALL_CANCELLED` when the caller gave it up.
 */
import { callRow } from '../wire/index.ts';
import { ClientError } from './errors.ts';
import type { Feature, Parts } from './feature.ts';
import { requestsOf } from './requests.ts';
import type { Business } from './session.ts';

export interface CallOptions {
  /** From now until the answer, in milliseconds. @default `replyWithinMs` */
  readonly withinMs?: number;
  /** Which channel it is about: the server's policy is asked with it, and its method is told. It need not be followed. */
  readonly channel?: string;
  readonly signal?: AbortSignal;
  /** What the handler says on the way. Some may be lost: `seq` grows by one. */
  readonly onProgress?: (data: unknown, seq: number) => void;
}

interface Asked {
  readonly method: string;
  readonly data: unknown;
  readonly withinMs: number;
  readonly channel?: string;
}

export class Calls implements Feature {
  readonly #parts: Parts;
  /** By the id of the call. Bounded as requests are. */
  readonly #listeners = new Map<number, NonNullable<CallOptions['onProgress']>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.add(this);
  }

  async call(asked: Asked, { signal, onProgress = nothing }: CallOptions): Promise<unknown> {
    if (signal?.aborted) {
      throw cancelled();
    }
    let asId = 0;
    const onAbort = (): void => requestsOf(this.#parts).drop(asId, cancelled());
    try {
      const { data } = await requestsOf(this.#parts).ask(
        'reply',
        (id) => ({ type: 'call', id, ...asked }),
        {
          again: 'inSession',
          withinMs: asked.withinMs,
          rows: { call: callRow },
          onId: (id) => {
            asId = id;
            this.#listeners.set(id, onProgress);
            signal?.addEventListener('abort', onAbort);
          },
        },
      );
      return data;
    } finally {
      this.#listeners.delete(asId);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  received(message: Business): boolean {
    // After the answer nothing is told, even if whoever called has not been told of that yet.
    if (message.type === 'progress' && requestsOf(this.#parts).awaits(message.id)) {
      this.#listeners.get(message.id)?.(message.data, message.seq);
    }
    return false;
  }
}

function cancelled(): ClientError {
  return new ClientError('CALL_CANCELLED', 'the caller gave it up: it may have been done, or not');
}

function nothing(): void {}
