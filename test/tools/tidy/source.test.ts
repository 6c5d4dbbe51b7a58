import { describe, expect, it } from 'vitest';
import { parseSource, walk } from '../../../tools/tidy/source.ts';

const importsOf = (text: string): unknown[] =>
  parseSource('src/a.ts', text).imports.map(({ specifier, line, isType }) => [
    specifier,
    line,
    isType,
  ]);

describe('imports', () => {
  const ways: [string, unknown][] = [
    ["import { a } from './b.ts';", ['./b.ts', 1, false]],
    ["import './b.ts';", ['./b.ts', 1, false]],
    ["\nimport type { A } from './b.ts';", ['./b.ts', 2, true]],
    // Under verbatimModuleSyntax this leaves `import './b.ts'`.
    ["import { type A } from './b.ts';", ['./b.ts', 1, false]],
    ["export { a } from './b.ts';", ['./b.ts', 1, false]],
    ["export type { A } from './b.ts';", ['./b.ts', 1, true]],
    ["export * from './b.ts';", ['./b.ts', 1, false]],
    ["export type A = import('./b.ts').A;", ['./b.ts', 1, true]],
    ["const load = () => import('./b.ts');", ['./b.ts', 1, false]],
    ['const load = (name) => import(name);', [undefined, 1, false]],
    ["const b = require('./b.cjs');", ['./b.cjs', 1, false]],
    ["import b = require('./b.cjs');", ['./b.cjs', 1, false]],
  ];
  for (const [text, expected] of ways) {
    it(`finds ${text.trim()}`, () => {
      expect(importsOf(text)).toEqual([expected]);
    });
  }

  it('finds none in strings and comments', () => {
    expect(importsOf(`// import './b.ts';\nconst a = "import './b.ts'";`)).toEqual([]);
  });
});

describe('exports', () => {
  it('have their name, kind and line', () => {
    const { exports, starExports } = parseSource(
      'src/a.ts',
      [
        'export const a = 1, b = 2;',
        'export class C {}',
        'export interface D {}',
        'export type E = D;',
        "export { f, type G, h as i } from './b.ts';",
        "export * as j from './b.ts';",
        "export * from './c.ts';",
        'export default 1;',
      ].join('\n'),
    );
    expect(exports.map(({ name, line, isType }) => [name, line, isType])).toEqual([
      ['a', 1, false],
      ['b', 1, false],
      ['C', 2, false],
      ['D', 3, true],
      ['E', 4, true],
      ['f', 5, false],
      ['G', 5, true],
      ['i', 5, false],
      ['j', 6, false],
      ['default', 8, false],
    ]);
    expect(starExports).toEqual([7]);
  });
});

describe('code of its own', () => {
  const cases: [string, boolean][] = [
    ["export { a } from './b.ts';", false],
    ['export interface A {}', false],
    ['interface A {}\nexport type B = A;', false],
    ['export declare const a: number;', false],
    ['declare global { interface A {} }', false],
    ["import type { A } from './b.ts';\nexport type { A };", false],
    ['export const a = 1;', true],
    ['export class A {}', true],
    ['run();', true],
  ];
  for (const [text, expected] of cases) {
    it(`${expected ? 'is' : 'is not'} in ${text.replace('\n', ' ')}`, () => {
      expect(parseSource('src/a.ts', text).hasOwnCode).toBe(expected);
    });
  }
});

describe('a text', () => {
  it('knows the line of every offset', () => {
    const { lineAt, lines } = parseSource('src/a.ts', 'a;\n\nb;\n');
    expect([0, 2, 3, 4, 6].map(lineAt)).toEqual([1, 1, 2, 3, 3]);
    expect(lines).toBe(3);
  });

  it('that cannot be parsed has errors with a line', () => {
    const { errors } = parseSource('src/a.ts', 'const a = 1;\nconst = ;\n');
    expect(errors.map(({ line }) => line)).toEqual([2]);
  });

  it('is walked from the top down, and not below what was refused', () => {
    const { program } = parseSource('src/a.ts', 'f(g(1));');
    const seen: string[] = [];
    walk(program, (node) => {
      seen.push(node.type);
      return node.type === 'CallExpression' && seen.includes('Identifier') ? false : undefined;
    });
    expect(seen).toEqual([
      'Program',
      'ExpressionStatement',
      'CallExpression',
      'Identifier',
      'CallExpression',
    ]);
  });
});
