import { describe, expect, it } from 'vitest';
import { docstrings } from '../../../tools/tidy/docstrings.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const wrongWith = (text: string, path = 'src/hub/a.ts', door = 'export { a } from'): string[] => {
  const index = `${path.slice(0, path.lastIndexOf('/'))}/index.ts`;
  return docstrings(
    makeTree({
      'package.json': JSON.stringify({
        name: 'house',
        exports: { '.': { 'tautline-source': `./${index}` } },
      }),
      [index]: `${door} './a.ts';\n`,
      [path]: text,
    }),
  ).map(({ file, line, wrong }) => `${file}:${line} ${wrong}`);
};
const options = (members: string): string =>
  `/** Chosen. */\nexport interface a {}\n/** Chosen. */\nexport interface AOptions {\n${members}}\n`;
const ofOptions = 'export type { a, AOptions } from';

describe('what a door exports', () => {
  it('has a docstring', () => {
    expect(wrongWith('/** One. */\nexport const a = 1;\n')).toEqual([]);
    expect(wrongWith('\nexport const a = 1;\n')).toEqual(['src/hub/a.ts:2 a lacks a docstring']);
  });

  it('has words in it, and not only tags', () => {
    const lacks = ['src/hub/a.ts:2 a lacks a docstring'];
    expect(wrongWith('/** @throws {Error} */\nexport function a(): void {}\n')).toEqual(lacks);
    expect(wrongWith('/** One. @throws {Error} */\nexport function a(): void {}\n')).toEqual([]);
    expect(wrongWith("/** @codes Why. */\nexport type a = 'GONE';\n")).toEqual([]);
  });

  it('has it once for all overloads, and once for a value and its type', () => {
    const text =
      '/** One. */\nexport function a(b: string): void;\nexport function a(b: unknown) {}\n';
    expect(wrongWith(text)).toEqual([]);
  });

  it('is a file with a header where it is all of that', () => {
    const door = "import * as a from './a.ts';\nexport { a };\nexport type { b } from";
    const text = 'export type b = 1;\n';
    expect(wrongWith(`/** The file. */\n\n/** One. */\n${text}`, undefined, door)).toEqual([]);
    expect(wrongWith(`import './c.ts';\n/** One. */\n${text}`, undefined, door)).toEqual([
      'src/hub/a.ts:1 this file lacks a docstring',
    ]);
  });

  it('is alone in that: what stays inside may go without', () => {
    expect(wrongWith('/** One. */\nexport const a = 1;\nexport const b = 2;\n')).toEqual([]);
  });
});

describe('options', () => {
  it('have words each', () => {
    const text = options('  /** Why. */\n  readonly one?: number;\n  readonly two?: number;\n');
    expect(wrongWith(text, undefined, ofOptions)).toEqual([
      'src/hub/a.ts:7 AOptions.two lacks a docstring',
    ]);
  });

  it('that are times say in what unit', () => {
    const text = options(
      '  /** In milliseconds. */\n  readonly oneMs?: number;\n  /** Long. */\n  readonly twoMs?: number;\n',
    );
    expect(wrongWith(text, undefined, ofOptions)).toEqual([
      'src/hub/a.ts:8 AOptions.twoMs lacks a unit',
    ]);
  });

  it('that cannot be given need none', () => {
    const text = options('  readonly one?: never;\n  readonly two?: undefined;\n  three?: null;\n');
    expect(wrongWith(text, undefined, ofOptions)).toEqual([
      'src/hub/a.ts:7 AOptions.three lacks a docstring',
    ]);
  });

  it('of ws are described by ws', () => {
    const text = options('  one?: number;\n');
    expect(wrongWith(text, 'src/ws/a.ts', ofOptions)).toEqual([]);
    expect(wrongWith(text, undefined, ofOptions)).toHaveLength(1);
  });

  it('are no other interfaces', () => {
    const text = '/** One. */\nexport interface a {\n  readonly oneMs: number;\n}\n';
    expect(wrongWith(text, undefined, 'export type { a } from')).toEqual([]);
  });
});
