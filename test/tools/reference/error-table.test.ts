import { describe, expect, it } from 'vitest';
import { errorTable } from '../../../tools/reference/error-table.ts';

const page = (paragraph: string): string =>
  `## Ends\n\nNumbers 4000 to 4499.\n\n### \`BUSY\`\n\n${paragraph}`;

describe('the source of the table', () => {
  it('has a row for each code, quoted so that it compiles', () => {
    const text = errorTable(
      page("Number 4000, retryable: as told.\n\nMuch.\n\nTo do: don't wait, or `wait`\nlong.\n"),
    );
    expect(text).toContain(
      "\n  BUSY: [4000, 'as told', \"don't wait, or `wait` long.\"],\n} as const;\n",
    );
  });

  it('is not written from a paragraph that lacks something', () => {
    expect(() => errorTable(page('Number 4000, retryable: no.\n\nMuch.\n'))).toThrow(/BUSY lacks/);
    expect(() => errorTable(page('Much.\n\nTo do: wait.\n'))).toThrow(/BUSY lacks/);
  });
});
