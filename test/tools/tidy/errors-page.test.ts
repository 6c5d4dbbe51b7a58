import { describe, expect, it } from 'vitest';
import { readErrorsPage } from '../../../tools/tidy/errors-page.ts';

const text = `# Errors

Number 7, retryable: no.

## Yours

Numbers 1000 to 1099.
Thrown.

### \`OPTION_INVALID\`

Number 1000, retryable: no.

An option is wrong.

To do: mend it. Or
leave it out.

### \`BARE\`

What happened. Number 1001, retryable: no.

## About

No codes here.

## Numbers no longer used

- 1002 \`OLD_ONE\`, since 0.9
`;

describe('the page of errors', () => {
  const { sections, retired } = readErrorsPage(text);

  it('has sections with numbers; those without codes are none', () => {
    expect(sections.map(({ title, line, first, last }) => [title, line, first, last])).toEqual([
      ['Yours', 5, 1000, 1099],
    ]);
  });

  it('has codes with a number, with whether to try again, and with what to do', () => {
    expect(sections[0]?.entries[0]).toEqual({
      code: 'OPTION_INVALID',
      line: 10,
      number: 1000,
      retryable: 'no',
      todo: 'mend it. Or leave it out.',
    });
  });

  it('reads the number in the first line only, and says what is missing', () => {
    expect(sections[0]?.entries[1]).toEqual({
      code: 'BARE',
      line: 19,
      number: undefined,
      retryable: undefined,
      todo: undefined,
    });
  });

  it('lists numbers that were given up', () => {
    expect(retired).toEqual([1002]);
  });

  it('of nothing is nothing', () => {
    expect(readErrorsPage('')).toEqual({ sections: [], retired: [] });
  });
});
