/**
 * Time and chance from the web platform: browsers, workers, Node, Bun and Deno have what is used here.
 */
import { toHex } from '../ground/bytes.ts';
import type { Clock } from '../ground/clock.ts';

// What a timer can hold: a longer delay would be taken for none.
const longestDelayMs = 2 ** 31 - 1;

export const webClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(delayMs, longestDelayMs));
    return () => clearTimeout(timer);
  },
};

/** From 0 up to, not including, 1. */
export function webRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}

/** 128 random bits, as 32 hexadecimal digits. */
export function webId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return toHex(bytes);
}
