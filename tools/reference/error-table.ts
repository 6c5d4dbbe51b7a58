/**
 * `src/errors/table.ts`, written from the page of errors, so that programs and people read the same.
 * In: the page's text. Out: the source. Fails: throws for a paragraph that lacks something; tidy says which and what.
 */
import { type ErrorEntry, readErrorsPage } from '../tidy/errors-page.ts';

export const errorTableFile = 'src/errors/table.ts';

/** @throws {Error} When a code has no number or nothing to do. */
export function errorTable(page: string): string {
  const rows = readErrorsPage(page).sections.flatMap(({ entries }) => entries.map(row));
  return `/**
 * Every code with its number, whether to try again, and what to do.
 * Written by \`npm run reference\` from docs/3-reference/errors.md: change it there.
 */
// biome-ignore format: a row for each code
export const codeTable = {
${rows.join('\n')}
} as const;
`;
}

function row({ code, number, retryable, todo }: ErrorEntry): string {
  if (number === undefined || retryable === undefined || todo === undefined) {
    throw new Error(
      `${code} lacks something in docs/3-reference/errors.md: npm run tidy says what`,
    );
  }
  return `  ${code}: [${number}, ${quoted(retryable)}, ${quoted(todo)}],`;
}

/** As biome quotes: in the marks that need the fewest escapes. */
function quoted(text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`;
}
