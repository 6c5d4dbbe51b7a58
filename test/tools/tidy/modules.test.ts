import { describe, expect, it } from 'vitest';
import { Modules } from '../../../tools/tidy/modules.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const modules = new Modules(
  makeTree({
    'src/a/index.ts': [
      "import { one as first } from './one.ts';",
      "import * as all from './one.ts';",
      "import { readFile } from 'node:fs';",
      "export { two as second, type Kind } from './one.ts';",
      'export { first, all, readFile, gone };',
      'class Own {}',
      'export default Own;',
    ].join('\n'),
    'src/a/one.ts': [
      "export { two } from './two.ts';",
      "export type { Kind } from './two.ts';",
      'export function one(a: string): void;',
      'export function one(a: unknown): void {}',
    ].join('\n'),
    'src/a/two.ts':
      "export const two = 2;\nexport type Kind = 'b';\nimport type { Far } from '../none.ts';\n",
  }),
);
const home = (name: string): unknown => modules.homeOfExport('src/a/index.ts', name);

describe('where a name was declared', () => {
  it('is found through files that pass it on, under whatever name', () => {
    expect(home('second')).toEqual({ path: 'src/a/two.ts', name: 'two' });
    expect(home('Kind')).toEqual({ path: 'src/a/two.ts', name: 'Kind' });
  });

  it('is found through an import that is exported', () => {
    expect(home('first')).toEqual({ path: 'src/a/one.ts', name: 'one' });
  });

  it('is a file for a namespace', () => {
    expect(home('all')).toEqual({ path: 'src/a/one.ts', name: '*' });
  });

  it('is found for the default', () => {
    expect(home('default')).toEqual({ path: 'src/a/index.ts', name: 'Own' });
  });

  it('is nowhere for what is not of the tree', () => {
    expect(home('readFile')).toBeUndefined();
    expect(home('gone')).toBeUndefined();
    expect(home('none')).toBeUndefined();
    expect(modules.homeOf('src/a/two.ts', 'Far')).toBeUndefined();
    expect(modules.homeOfExport('src/b.ts', 'two')).toBeUndefined();
  });

  it('has all statements that declare it', () => {
    const statements = modules.statementsOf({ path: 'src/a/one.ts', name: 'one' });
    expect(statements).toHaveLength(2);
    expect(modules.statementsOf({ path: 'src/a/one.ts', name: 'two' })).toEqual([]);
  });
});
