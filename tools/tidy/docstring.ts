/**
 * The comment that belongs to a declaration, as its words.
 * In: a source, its text, and where the declaration begins. Out: the words without stars, or undefined. Fails never.
 */
import type { Source } from './source.ts';

/** The comment on the lines right above `start`: a blank line between them, and it belongs to something else, mostly to the file. */
export function docstringAt({ comments }: Source, text: string, start: number): string | undefined {
  const comment = comments.findLast(({ type, end }) => type === 'Block' && end <= start);
  if (comment === undefined || !comment.value.startsWith('*')) {
    return undefined;
  }
  const between = text.slice(comment.end, start);
  return /^(?:[^\S\n]*\n(?:[^\S\n]*\/\/[^\n]*\n)*)?[^\S\n]*$/.test(between)
    ? wordsOf(comment.value)
    : undefined;
}

/** What a file says of itself, at its very beginning. */
export function headerOf({ comments }: Source, text: string): string | undefined {
  const first = comments[0];
  const isHeader =
    first?.type === 'Block' &&
    first.value.startsWith('*') &&
    text.slice(0, first.start).trim() === '';
  return isHeader ? wordsOf(first.value) : undefined;
}

function wordsOf(comment: string): string {
  return comment
    .slice(1)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim();
}
