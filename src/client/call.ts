/**
 * One call of the application on the server's side.
 * In: a method, its data, a deadline and a way to cancel. Out: the answer, and what is said on the way to it. Fails: with what the server
 * says; `OUTCOME_UNKNOWN` when it was sent and nobody can know what became of it; `CALL_CANCELLED` when the caller gave it up.
 */
import { ClientError } from './errors.ts';
import type { Requests } from './requests.ts';

export interface CallOptions {
  /** From now until the answer, in milliseconds. @default `replyWithinMs` */
  readonly withinMs?: number;
  readonly signal?: AbortSignal;
  /** What the handler says on the way. Some may be lost: `seq` grows by one. */
  readonly onProgress?: (data: unknown, seq: number) => void;
}

export async function call(
  requests: Requests,
  asked: { readonly method: string; readonly data: unknown; readonly withinMs: number },
  { signal, onProgress }: CallOptions,
): Promise<unknown> {
  if (signal?.aborted) {
    throw cancelled();
  }
  let onAbort = nothing;
  try {
    const { data } = await requests.ask('reply', (id) => ({ type: 'call', id, ...asked }), {
      again: 'inSession',
      withinMs: asked.withinMs,
      onProgress: (progress) => onProgress?.(progress.data, progress.seq),
      onId(id) {
        onAbort = () => requests.drop(id, cancelled());
        signal?.addEventListener('abort', onAbort);
      },
    });
    return data;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function cancelled(): ClientError {
  return new ClientError('CALL_CANCELLED', 'the caller gave it up: it may have been done, or not');
}

function nothing(): void {}
