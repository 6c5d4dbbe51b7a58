/**
 * The page of errors as data: docs/3-reference/errors.md is written for people, and read by tools.
 * In: its text. Out: its codes with what stands below each heading, its sections with their numbers, and numbers that were given up.
 * Fails never: what is missing is undefined, and the checks say so.
 *
 * A section has `Numbers 1000 to 1099.` below its heading. A code has `Number 1004, retryable: no.`, what happened, and a line
 * `To do: ...`. The last section lists what was given up, `- 1004 \`OLD_CODE\``.
 */

export const errorsPage = 'docs/3-reference/errors.md';

/** `as told`: the error's own `retryable` says it. */
export type Retryable = 'yes' | 'no' | 'as told';

export interface ErrorEntry {
  readonly code: string;
  /** Of its heading, from 1. */
  readonly line: number;
  readonly number: number | undefined;
  readonly retryable: Retryable | undefined;
  /** A sentence, beginning small. */
  readonly todo: string | undefined;
}

export interface ErrorSection {
  readonly title: string;
  readonly line: number;
  /** Its numbers, both ends included. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly entries: readonly ErrorEntry[];
}

export interface ErrorsPage {
  /** Those with codes. */
  readonly sections: readonly ErrorSection[];
  /** Numbers that were given up. */
  readonly retired: readonly number[];
}

export function readErrorsPage(text: string): ErrorsPage {
  const sections = partsOf(text, /^## (.+)$/gm)
    .map(({ heading, line, body }) => {
      const [, first, last] = /^Numbers (\d+) to (\d+)\.$/m.exec(body) ?? [];
      return {
        title: heading,
        line,
        first: numberIn(first),
        last: numberIn(last),
        entries: partsOf(body, /^### `([^`]+)`$/gm).map((part) =>
          readEntry({ ...part, line: line + part.line - 1 }),
        ),
      };
    })
    .filter(({ entries }) => entries.length > 0);
  const retired = [...text.matchAll(/^- (\d+) `\w+`/gm)].map(([, number]) => Number(number));
  return { sections, retired };
}

interface Part {
  readonly heading: string;
  readonly line: number;
  readonly body: string;
}

function readEntry({ heading, line, body }: Part): ErrorEntry {
  const [, number, retryable] =
    /^Number (\d+), retryable: (yes|no|as told)\.$/m.exec(body.trim().split('\n', 1)[0]!) ?? [];
  const todo = /^To do: ([\s\S]+?\.)(?:\n\n|\s*(?![\s\S]))/m.exec(body)?.[1];
  return {
    code: heading,
    line,
    number: numberIn(number),
    retryable: retryable as Retryable | undefined,
    todo: todo?.replaceAll(/\s*\n\s*/g, ' '),
  };
}

/** What stands between one heading and the next. Lines count from the beginning of `text`, the first one is 1. */
function partsOf(text: string, headings: RegExp): Part[] {
  const found = [...text.matchAll(headings)];
  return found.map((match, at) => ({
    heading: match[1]!,
    line: text.slice(0, match.index).split('\n').length,
    body: text.slice(match.index + match[0].length, found[at + 1]?.index),
  }));
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
