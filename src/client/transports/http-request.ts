/**
 * One request of a road: what all of them have in common.
 * In: a method and fields. Out: an answer, in time. Fails: rejects when there is none, or none in time.
 */
import type { Clock } from '../../ground/clock.ts';

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
    const text = await response.text();
    return { status: response.status, value: objectIn(text) };
  } finally {
    cancel();
  }
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
