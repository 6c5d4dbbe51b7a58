/**
 * Memory in which messages are put together, used again and again by all websockets of the process.
 * In: buffers that nobody uses any more. Out: the smallest that is large enough. Cannot fail; keeps 16 MiB in 8 buffers at the most.
 * A large buffer that is new costs more than the message in it: the system clears its pages one by one.
 */
import type { MessageMemory } from '../protocol/index.ts';

/** Kept for the next message, all together, in bytes. */
const maxKeptBytes = 16 * 1024 * 1024;
const maxKept = 8;
/** A smaller one is made as fast as it is found. */
const leastBytes = 4096;

let kept: Uint8Array[] = [];
let keptBytes = 0;

/** Texts are decoded at once, so their bytes are nobody's afterwards. */
export const textMemory: MessageMemory = { lends: (text) => text, take, make, give };
/** And so are those of any message, where the application wants them for the time of its listener only. */
export const transientMemory: MessageMemory = { lends: () => true, take, make, give };

function take(least: number, wanted: number): Uint8Array | undefined {
  let best = -1;
  for (const [at, buffer] of kept.entries()) {
    const isEnough = buffer.length >= least;
    if (isEnough && (best < 0 || isBetter(buffer.length, kept[best]!.length, wanted))) {
      best = at;
    }
  }
  const [found] = best < 0 ? [] : kept.splice(best, 1);
  keptBytes -= found?.length ?? 0;
  return found;
}

/** The smallest that has what is wanted; else the largest. */
function isBetter(length: number, than: number, wanted: number): boolean {
  return than >= wanted ? length >= wanted && length < than : length > than;
}

/** Not zeroed: only what was copied into it is ever told (THREATS B5), and zeroing costs as much as the copy. */
function make(bytes: number): Uint8Array {
  return Buffer.allocUnsafeSlow(bytes);
}

function give(buffer: Uint8Array): void {
  if (buffer.length < leastBytes || buffer.length > maxKeptBytes) {
    return;
  }
  kept.push(buffer);
  keptBytes += buffer.length;
  // The oldest leave first: what is used often is always among the latest.
  while (kept.length > maxKept || keptBytes > maxKeptBytes) {
    keptBytes -= kept.shift()!.length;
  }
}

/** For tests: what is kept at present, in bytes each. */
export function keptSizes(): number[] {
  return kept.map(({ length }) => length);
}

/** For tests: begins anew. */
export function forgetKept(): void {
  kept = [];
  keptBytes = 0;
}
