import { describe, expect, it } from 'vitest';
import { doorsOf, specifiersOf } from '../../../tools/tidy/doors.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const tree = makeTree({
  'package.json': JSON.stringify({
    name: 'house',
    exports: {
      '.': { 'tautline-source': './src/server/index.ts', default: './dist/server/index.js' },
      './client': {
        browser: { 'tautline-source': './src/client/index.ts', default: './dist/c.js' },
        node: { 'tautline-source': './src/client/node/index.ts', default: './dist/n.js' },
        'tautline-source': './src/client/index.ts',
        default: './dist/c.js',
      },
      './package.json': './package.json',
    },
  }),
});

describe('the doors in package.json', () => {
  it('a door has a name, and the file behind it', () => {
    expect(doorsOf(tree)[0]).toEqual({
      name: 'house',
      specifier: 'house',
      file: 'src/server/index.ts',
    });
  });

  it('a door that leads elsewhere under a condition is two doors, and only then', () => {
    expect(
      doorsOf(tree)
        .slice(1)
        .map(({ name, file }) => [name, file]),
    ).toEqual([
      ['house/client', 'src/client/index.ts'],
      ['house/client (node)', 'src/client/node/index.ts'],
    ]);
  });

  it('a file that is no source may be imported and is no door', () => {
    expect([...specifiersOf(tree)]).toEqual(['house', 'house/client', 'house/package.json']);
  });
});
