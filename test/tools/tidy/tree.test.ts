import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { edgesOf, makeTree, pathOf, readTree } from '../../../tools/tidy/tree.ts';

describe('paths', () => {
  it('a relative import means a path from the root', () => {
    expect(pathOf('src/a/b.ts', './c.ts')).toBe('src/a/c.ts');
    expect(pathOf('src/a/b.ts', '../index.ts')).toBe('src/index.ts');
    expect(pathOf('src/a/b.ts', '..')).toBe('src');
  });

  it('any other import means none', () => {
    expect(pathOf('src/a/b.ts', 'c')).toBeUndefined();
    expect(pathOf('src/a/b.ts', 'node:fs')).toBeUndefined();
    expect(pathOf('src/a/b.ts', '.hidden')).toBeUndefined();
  });

  it('edges lead to files of the tree only', () => {
    const tree = makeTree({
      'src/a.ts': "import './b.ts';\nimport './none.ts';\nimport 'node:fs';\n",
      'src/b.ts': '',
    });
    expect(edgesOf(tree).get('src/a.ts')).toEqual([{ from: 'src/a.ts', to: 'src/b.ts', line: 1 }]);
    expect(edgesOf(tree).get('src/b.ts')).toEqual([]);
  });
});

describe('reading a folder', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tidy-tree-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it('takes sources and pages, and nothing that was installed or built', () => {
    write('package.json', '{}');
    write('src/a/b.ts', '');
    write('test/a/b.test.ts', '');
    write('docs/3-reference/errors.md', '');
    write('src/a/kernels.wat', '');
    write('examples/chat/node_modules/x/index.js', '');
    write('standalone/dist/main.js', '');
    const { texts, sources } = readTree(root);
    expect([...texts.keys()].sort()).toEqual([
      'docs/3-reference/errors.md',
      'package.json',
      'src/a/b.ts',
      'test/a/b.test.ts',
    ]);
    expect([...sources.keys()].sort()).toEqual(['src/a/b.ts', 'test/a/b.test.ts']);
  });

  it('refuses a folder without sources, where every check would pass', () => {
    write('package.json', '{}');
    write('test/a.test.ts', '');
    expect(() => readTree(root)).toThrow('has no source file under src/');
  });
});
