import { describe, expect, it } from 'vitest';
import { cycles } from '../../../tools/tidy/cycles.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

describe('import cycles', () => {
  it('two files that import the same third one are no cycle', () => {
    const tree = makeTree({
      'src/a.ts': "import './b.ts';\nimport './c.ts';\n",
      'src/b.ts': "import './c.ts';\n",
      'src/c.ts': '',
    });
    expect(cycles(tree)).toEqual([]);
  });

  it('a way round is found once, with its files and the line where it begins', () => {
    const tree = makeTree({
      'src/a.ts': "import './outside.ts';\nimport './b.ts';\n",
      'src/b.ts': "import './c.ts';\n",
      'src/c.ts': "import './a.ts';\n",
      'src/outside.ts': '',
    });
    expect(cycles(tree)).toEqual([
      {
        check: 'cycles',
        file: 'src/a.ts',
        line: 2,
        wrong: 'imports itself: src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts',
        todo: 'Move what both need into a file of its own below them.',
      },
    ]);
  });

  it('a cycle of types is one too', () => {
    const tree = makeTree({
      'src/a.ts': "import type { B } from './b.ts';\n",
      'src/b.ts': "import type { A } from './a.ts';\n",
    });
    expect(cycles(tree).map(({ file }) => file)).toEqual(['src/a.ts']);
  });

  it('a file that imports itself is one', () => {
    expect(cycles(makeTree({ 'src/a.ts': "import './a.ts';\n" }))).toHaveLength(1);
  });

  it('two ways round through the same file are one knot', () => {
    const tree = makeTree({
      'src/a.ts': "import './c.ts';\n",
      'src/b.ts': "import './c.ts';\n",
      'src/c.ts': "import './a.ts';\nimport './b.ts';\n",
    });
    expect(cycles(tree).map(({ file }) => file)).toEqual(['src/a.ts']);
  });

  it('two knots are two findings', () => {
    const tree = makeTree({
      'src/a.ts': "import './b.ts';\n",
      'src/b.ts': "import './a.ts';\nimport './c.ts';\n",
      'src/c.ts': "import './d.ts';\n",
      'src/d.ts': "import './c.ts';\n",
    });
    expect(cycles(tree).map(({ file }) => file)).toEqual(['src/a.ts', 'src/c.ts']);
  });
});
