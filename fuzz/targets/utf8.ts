/**
 * UTF-8 checked in pieces.
 * In: bytes. Promises: any chunking agrees with TextDecoder on the whole; the first byte that cannot be right is refused when it
 * arrives, and none before it.
 */
import { isUtf8 } from 'node:buffer';
import { utf8Words } from '../dictionary.ts';
import { mayBecomeUtf8 } from '../oracle.ts';
import { hashOf, Random } from '../random.ts';
import type { Subject } from '../subject.ts';
import { hold, type Target } from './target.ts';

type IsValid = (bytes: Uint8Array, start: number, end: number) => boolean;

const native: IsValid = (bytes, start, end) => isUtf8(bytes.subarray(start, end));
const decoder: TextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function utf8Target({ utf8, protocol }: Subject): Target {
  /** How many bytes are taken before a piece is refused, and whether the text may end there. */
  function check(bytes: Uint8Array, isValid: IsValid, size: (left: number) => number): string {
    const text = new utf8.Utf8Check(isValid);
    for (let at = 0; at < bytes.length; ) {
      const end = at + Math.min(size(bytes.length - at), bytes.length - at);
      if (!text.push(bytes, at, end)) {
        return 'refused';
      }
      at = end;
    }
    return text.isComplete ? 'complete' : 'unfinished';
  }

  return {
    name: 'utf8',
    words: utf8Words,
    maxBytes: 512,
    stepsPerByte: 800,
    stepsAtLeast: 5000,
    run(input) {
      const decoded = decodes(input);
      const expected = decoded ? 'complete' : mayBecomeUtf8(input) ? 'unfinished' : 'refused';
      const random = new Random(hashOf(input));
      for (const isValid of [utf8.isUtf8, native]) {
        const seen = [
          check(input, isValid, (left) => left),
          check(input, isValid, () => 1),
          check(input, isValid, (left) => random.small(0, left)),
        ];
        hold(
          seen.every((one) => one === expected),
          `any chunking is ${expected}`,
          () => seen.join(', '),
        );
      }
      hold(protocol.pureText.isValid(input, 0, input.length) === decoded, 'the whole agrees');
      hold(firstRefused(input) === firstHopeless(input), 'the byte that decides it is refused');
      if (decoded) {
        const text = protocol.pureText.decode(input, 0, input.length);
        const back = new Uint8Array(protocol.pureText.byteLength(text));
        protocol.pureText.write(text, back, 0, back.length);
        hold(Buffer.compare(back, input) === 0, 'what was decoded is encoded to the same bytes');
      }
    },
  };

  function firstRefused(bytes: Uint8Array): number {
    const text = new utf8.Utf8Check(utf8.isUtf8);
    let at = 0;
    while (at < bytes.length && text.push(bytes, at, at + 1)) {
      at += 1;
    }
    return at;
  }
}

function decodes(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The first byte with which no ending makes sense of the text any more: once there is none, there stays none. */
function firstHopeless(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (mayBecomeUtf8(bytes.subarray(0, middle + 1))) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
