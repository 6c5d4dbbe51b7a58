/**
 * One request of a road: what all of them have in common.
 * In: a method and fields. Out: an answer, in time. Fails: rejects when there is none, none in time, or one without an end.
 */
import type { Clock } from '../../ground/clock.ts';

/** The platform's `fetch`, or what has its shape. */
export type Fetch = typeof globalThis.fetch;

export interface Asking {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Outlives the page. */
  readonly keepalive?: boolean;
}

/** Where requests go, and with what. */
export interface Wires {
  readonly url: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

/** `ws:` as `http:`, `wss:` as `https:`. */
export function httpUrl(url: string): string {
  return url.replace(/^ws/, 'http');
}

/** Sends it. No answer is kept by anybody, and none leads elsewhere. */
export function send(
  { url, fetch }: Wires,
  asking: Asking,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    ...asking,
    cache: 'no-store',
    redirect: 'error',
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Sends it, and reads all of the answer. */
export async function exchange(
  wires: Wires,
  asking: Asking,
  withinMs: number,
): Promise<{ readonly status: number; readonly value: Readonly<Record<string, unknown>> }> {
  const limit = new AbortController();
  const cancel = wires.clock.after(withinMs, () => limit.abort());
  try {
    const response = await send(wires, asking, limit.signal);
    const text = await textOf(response);
    return { status: response.status, value: objectIn(text) };
  } finally {
    cancel();
  }
}

/** Of an answer that says a few words. Bytes. */
const maxAnswerBytes = 65_536;

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  const chunks = body?.getReader();
  let text = '';
  let bytes = 0;
  for (let one = await chunks?.read(); one?.value !== undefined; one = await chunks?.read()) {
    bytes += one.value.length;
    if (bytes > maxAnswerBytes) {
      await chunks?.cancel();
      throw new Error('the answer is too long');
    }
    text += decoder.decode(one.value, { stream: true });
  }
  return text + decoder.decode();
}

/** Something between us and the server may have answered in its own way. */
function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
