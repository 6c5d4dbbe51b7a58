import { describe, expect, it } from 'vitest';
import { numbers } from '../../../tools/tidy/numbers.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const entry = (code: string, number: number): string =>
  `\n### \`${code}\`\n\nNumber ${number}, retryable: no.\n\nIt happened.\n\nTo do: wait.\n`;
const section = (title: string, range: string, ...entries: string[]): string =>
  `\n## ${title}\n\nNumbers ${range}.\n${entries.join('')}`;
const wrongWith = (...parts: string[]): string[] =>
  numbers(makeTree({ 'docs/3-reference/errors.md': `# Errors\n${parts.join('')}` })).map(
    ({ line, wrong }) => `${line} ${wrong}`,
  );

describe('the numbers of codes', () => {
  it('count up from the first of their section', () => {
    const yours = section('Yours', '1000 to 1001', entry('ONE', 1000), entry('TWO', 1001));
    expect(wrongWith(yours, section('Theirs', '2000 to 2099', entry('THREE', 2000)))).toEqual([]);
  });

  it('are not given twice', () => {
    expect(
      wrongWith(section('Yours', '1000 to 1099', entry('ONE', 1000), entry('TWO', 1000))),
    ).toEqual(['15 TWO has 1000, and 1001 is next']);
  });

  it('leave no hole: what is given up is listed', () => {
    const yours = section('Yours', '1000 to 1099', entry('ONE', 1000), entry('THREE', 1002));
    expect(wrongWith(yours)).toEqual(['15 THREE has 1002, and 1001 is next']);
    const last = '\n## Numbers no longer used\n\n- 1001 `TWO`\n';
    expect(wrongWith(yours, last)).toEqual([]);
  });

  it('are not given again', () => {
    const yours = section('Yours', '1000 to 1099', entry('ONE', 1000), entry('OTHER', 1001));
    expect(wrongWith(yours, '\n## Numbers no longer used\n\n- 1001 `TWO`\n')).toEqual([
      '15 OTHER has 1001, and 1002 is next',
    ]);
  });

  it('end where their section does', () => {
    expect(
      wrongWith(section('Yours', '1000 to 1000', entry('ONE', 1000), entry('TWO', 1001))),
    ).toEqual(['3 "Yours" has more codes than numbers']);
  });

  it('of two sections do not overlap', () => {
    const yours = section('Yours', '1000 to 1099', entry('ONE', 1000));
    expect(wrongWith(yours, section('Theirs', '1099 to 1199', entry('TWO', 1099)))).toEqual([
      '15 "Theirs" has numbers of "Yours"',
    ]);
  });

  it('are said by every section with codes', () => {
    expect(wrongWith(`\n## Yours\n${entry('ONE', 1000)}`)).toEqual(['3 "Yours" has no numbers']);
    expect(wrongWith(section('Yours', '1099 to 1000', entry('ONE', 1099)))).toEqual([
      '3 "Yours" has no numbers',
    ]);
  });
});

describe('a paragraph', () => {
  const paragraph = (text: string): string[] =>
    wrongWith(section('Yours', '1000 to 1099', `\n### \`ONE\`\n\n${text}`));

  it('has a number, and says whether to try again', () => {
    const missing = ['7 ONE has no number'];
    expect(paragraph('It happened.\n\nTo do: wait.\n')).toEqual(missing);
    expect(paragraph('Number 1000.\n\nIt happened.\n\nTo do: wait.\n')).toEqual(missing);
    expect(paragraph('Number 1000, retryable: maybe.\n\nTo do: wait.\n')).toEqual(missing);
    expect(paragraph('Number 1000, retryable: as told.\n\nTo do: wait.\n')).toEqual([]);
  });

  it('says what to do', () => {
    const missing = ['7 ONE does not say what to do'];
    expect(paragraph('Number 1000, retryable: yes.\n\nIt happened.\n')).toEqual(missing);
    expect(paragraph('Number 1000, retryable: yes.\n\nTo do: \n')).toEqual(missing);
  });
});
