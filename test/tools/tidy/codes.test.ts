import { describe, expect, it } from 'vitest';
import { codes } from '../../../tools/tidy/codes.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const page = (...written: string[]): string =>
  `# Errors\n${written.map((code) => `\n### \`${code}\`\n\nWhat happened.\n`).join('')}`;
const wrongWith = (source: string, text: string): string[] =>
  codes(makeTree({ 'src/hub/a.ts': source, 'docs/3-reference/errors.md': text })).map(
    ({ file, line, wrong }) => `${file}:${line} ${wrong}`,
  );

const two = "/** @codes Why. */\nexport type Why =\n  | 'TOO_BIG'\n  | 'GONE';\n";

describe('codes and their paragraphs', () => {
  it('a page that has them all is right', () => {
    expect(wrongWith(two, page('GONE', 'TOO_BIG'))).toEqual([]);
  });

  it('a code without a paragraph is found where it is declared', () => {
    expect(wrongWith(two, page('TOO_BIG'))).toEqual([
      'src/hub/a.ts:4 GONE is not in docs/3-reference/errors.md',
    ]);
  });

  it('a paragraph without a code is found', () => {
    expect(wrongWith(two, page('GONE', 'TOO_BIG', 'TOO_LATE'))).toEqual([
      'docs/3-reference/errors.md:11 TOO_LATE is no code in src',
    ]);
  });

  it('a heading without a paragraph is found', () => {
    expect(wrongWith(two, '### `GONE`\n\n### `TOO_BIG`\n\nWhat happened.\n')).toEqual([
      'docs/3-reference/errors.md:1 GONE has no paragraph',
    ]);
  });

  it('a code that is there twice is found', () => {
    expect(wrongWith(two, page('GONE', 'TOO_BIG', 'GONE'))).toEqual([
      'docs/3-reference/errors.md:11 GONE is there twice',
    ]);
  });

  it('without the page every code is missing', () => {
    expect(codes(makeTree({ 'src/hub/a.ts': two }))).toHaveLength(2);
  });
});

describe('lists of codes', () => {
  it('one code is a list', () => {
    expect(wrongWith("/** @codes */\ntype Why = 'GONE';", page('GONE'))).toEqual([]);
  });

  it("a field's type is one", () => {
    const field = "interface A {\n  /** @codes Why. */\n  readonly name: 'TOO_BIG' | 'GONE';\n}";
    expect(wrongWith(field, page('TOO_BIG', 'GONE'))).toEqual([]);
    expect(wrongWith(field, page('TOO_BIG'))).toEqual([
      'src/hub/a.ts:3 GONE is not in docs/3-reference/errors.md',
    ]);
  });

  it('the same code in two lists needs one paragraph', () => {
    const again = `${two}/** @codes */\nexport type Also = 'GONE';\n`;
    expect(wrongWith(again, page('GONE', 'TOO_BIG'))).toEqual([]);
    expect(wrongWith(again, page('TOO_BIG'))).toHaveLength(1);
  });

  it('what looks like codes must say that it is', () => {
    expect(wrongWith("/** Why. */\nexport type Why = 'TOO_BIG' | 'GONE';", page())).toEqual([
      'src/hub/a.ts:2 TOO_BIG and its like look like codes',
    ]);
  });

  it('other literals do not look like codes', () => {
    expect(wrongWith("export type Role = 'server' | 'TOO_BIG' | number;", page())).toEqual([]);
    expect(wrongWith("export type Method = 'GET' | 'POST';", page())).toEqual([]);
  });

  it('a tag before something else is found', () => {
    expect(wrongWith('\n/** @codes Why. */\nexport const why = 1;', page())).toEqual([
      'src/hub/a.ts:2 @codes before no list of codes',
    ]);
  });
});
