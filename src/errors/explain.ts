/**
 * What a code means, for logs, alarms and people who are on call.
 * In: the code of an error, fault, refusal or disconnect, or its number. Out: what docs/3-reference/errors.md says of it, in short.
 * Fails never: what is no code of ours has no explanation.
 *
 * Nothing of ours imports this: a page that does not ask for it does not pay for it.
 */
import { codeTable } from './table.ts';

/** Every code of the whole package. */
export type KnownCode = keyof typeof codeTable;

/** One paragraph of docs/3-reference/errors.md, in short. */
export interface Explanation {
  readonly code: KnownCode;
  /**
   * 1000 to 5999, and never given to another code. The first digit says whose trouble it is: 1 yours, 2 a peer's, 3 a request that a hub
   * refused, 4 a connection that a hub ended, 5 the world's. From 4000 to 4999 it is the close code too: below 4500 clients come back.
   */
  readonly number: number;
  /** Whether the same may succeed later and repeating it does no harm. `as told`: the error's own `retryable` says it. */
  readonly retryable: 'yes' | 'no' | 'as told';
  /** What to do about it: a sentence that begins small. */
  readonly todo: string;
  /** The paragraph: a file of the project and the anchor in it, `docs/3-reference/errors.md#busy`. */
  readonly docs: string;
}

/** What `code` means, or which code has this number and what it means; undefined for what is no code of ours. */
export function explain(code: string | number): Explanation | undefined {
  const known = typeof code === 'number' ? codeOf(code) : isKnown(code) ? code : undefined;
  if (known === undefined) {
    return undefined;
  }
  const [number, retryable, todo] = codeTable[known];
  const docs = `docs/3-reference/errors.md#${known.toLowerCase()}`;
  return { code: known, number, retryable, todo, docs };
}

function codeOf(number: number): KnownCode | undefined {
  return (Object.keys(codeTable) as KnownCode[]).find((code) => codeTable[code][0] === number);
}

function isKnown(code: string): code is KnownCode {
  return Object.hasOwn(codeTable, code);
}
