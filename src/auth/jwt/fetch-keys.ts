/**
 * One request for a set of keys (RFC 7517 §5).
 * In: the address that the application gave, and no other. Out: the members of `keys`. Fails: rejects for another status than 200, a
 * redirect, too many bytes, too long a wait, and what is no set of keys.
 */
import type { Clock } from '../../ground/clock.ts';

/** As much of the platform's `fetch` as is used. */
export type FetchKeys = (
  url: string,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: 'error';
    /** An `AbortSignal`; how it is declared is the platform's affair. */
    readonly signal: never;
  },
) => Promise<FetchedKeys>;

interface FetchedKeys {
  readonly status: number;
  readonly body: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
      cancel(): Promise<unknown>;
    };
  } | null;
}

export interface KeyRequest {
  readonly url: string;
  readonly fetch: FetchKeys;
  readonly clock: Clock;
  readonly withinMs: number;
  readonly maxBytes: number;
}

export async function fetchKeys(request: KeyRequest): Promise<readonly unknown[]> {
  const { clock, withinMs } = request;
  const aborter = new AbortController();
  let cancel = (): void => {};
  // Raced, too: a `fetch` of the application's own may not heed the signal.
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(withinMs, () => {
      aborter.abort();
      reject(new Error(`no answer within ${withinMs} ms`));
    });
  });
  try {
    return keysIn(await Promise.race([load(request, aborter.signal), late]));
  } finally {
    cancel();
  }
}

async function load({ url, fetch, maxBytes }: KeyRequest, signal: object): Promise<string> {
  const headers = { accept: 'application/jwk-set+json, application/json' };
  // Where a redirect leads to is not what the application named.
  const { status, body } = await fetch(url, {
    headers,
    redirect: 'error',
    signal: signal as never,
  });
  const reader = body?.getReader();
  if (status !== 200 || reader === undefined) {
    await reader?.cancel();
    throw new Error(`status ${status}`);
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return text + decoder.decode();
    }
    bytes += value?.byteLength ?? 0;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw new Error(`more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function keysIn(text: string): readonly unknown[] {
  const set: unknown = JSON.parse(text);
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined;
  if (!Array.isArray(keys)) {
    throw new TypeError('that is no set of keys');
  }
  return keys;
}
