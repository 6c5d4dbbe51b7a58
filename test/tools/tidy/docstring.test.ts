import { describe, expect, it } from 'vitest';
import { docstringAt, headerOf } from '../../../tools/tidy/docstring.ts';
import { parseSource } from '../../../tools/tidy/source.ts';

const above = (before: string): string | undefined => {
  const text = `${before}export const a = 1;\n`;
  return docstringAt(parseSource('src/a.ts', text), text, before.length);
};

describe('a docstring', () => {
  it('is the comment right above, without its stars', () => {
    expect(above('/** One. */\n')).toBe('One.');
    expect(above('/**\n * One.\n *\n * Two,\n * three.\n */\n')).toBe('One.\n\nTwo,\nthree.');
  });

  it('may have remarks for tools below it', () => {
    expect(above('/** One. */\n// biome-ignore format: rows\n')).toBe('One.');
  });

  it('is no comment that belongs to something else', () => {
    expect(above('/** The file. */\n\n')).toBeUndefined();
    expect(above('/** Of b. */\nexport const b = 2;\n')).toBeUndefined();
  });

  it('is no comment of another form', () => {
    expect(above('/* One. */\n')).toBeUndefined();
    expect(above('// One.\n')).toBeUndefined();
  });
});

describe('what a file says of itself', () => {
  const header = (text: string): string | undefined =>
    headerOf(parseSource('src/a.ts', text), text);

  it('stands before everything else', () => {
    expect(header('/** The file. */\nexport const a = 1;\n')).toBe('The file.');
    expect(header("import './b.ts';\n/** Of a. */\nexport const a = 1;\n")).toBeUndefined();
    expect(header('export const a = 1;\n')).toBeUndefined();
  });
});
