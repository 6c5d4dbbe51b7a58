import { describe, expect, it } from 'vitest';
import { deadFiles } from '../../../tools/tidy/dead-files.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const manifest = JSON.stringify({
  name: 'house',
  exports: { '.': { 'tautline-source': './src/server/index.ts' } },
});
const wrongIn = (texts: Record<string, string>): string[] =>
  deadFiles(makeTree({ 'package.json': manifest, ...texts })).map(
    ({ file, wrong }) => `${file} ${wrong}`,
  );

describe('dead files', () => {
  it('a file is alive when a door leads to it, over other files and for its types too', () => {
    expect(
      wrongIn({
        'src/server/index.ts': "export { a } from './a.ts';",
        'src/server/a.ts': "import type { B } from '../hub/b.ts';",
        'src/hub/b.ts': '',
        'src/web.d.ts': '',
      }),
    ).toEqual([]);
  });

  it('a file that only tests and tools import is dead', () => {
    expect(
      wrongIn({
        'src/server/index.ts': '',
        'src/hub/b.ts': '',
        'test/hub/b.test.ts': "import '../../src/hub/b.ts';",
      }),
    ).toEqual(['src/hub/b.ts no door leads here']);
  });

  it('two files that import each other and nobody imports are dead', () => {
    expect(
      wrongIn({
        'src/server/index.ts': '',
        'src/hub/b.ts': "import './c.ts';",
        'src/hub/c.ts': "import './b.ts';",
      }),
    ).toEqual(['src/hub/b.ts no door leads here', 'src/hub/c.ts no door leads here']);
  });

  it('a door must lead somewhere', () => {
    expect(wrongIn({})).toEqual([
      'package.json the door house leads to src/server/index.ts, which does not exist',
    ]);
  });
});
