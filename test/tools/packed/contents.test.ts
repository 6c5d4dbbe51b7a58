import { describe, expect, it } from 'vitest';
import { contentTroubles, manifestTroubles } from '../../../tools/packed/contents.ts';

const files = [
  'package.json',
  'README.md',
  'dist/hub/hub.js',
  'dist/hub/hub.js.map',
  'dist/hub/hub.d.ts',
  'dist/hub/hub.d.ts.map',
  'src/hub/hub.ts',
];
const exports = {
  './hub': { types: './dist/hub/hub.d.ts', default: './dist/hub/hub.js' },
  './package.json': './package.json',
};

describe('what is in the tarball', () => {
  it('sources, what was built of them, and two pages', () => {
    expect(contentTroubles(files, { exports })).toEqual([]);
  });

  const unwanted: [string, string][] = [
    ['src/hub/hub.test.ts', 'a test'],
    ['test/hub/hub.ts', 'a test'],
    ['src/hub/tsconfig.json', "the compiler's settings"],
    ['src/hub/node_modules/a.js', 'an installed package'],
    ['src/hub/.env', 'a hidden file'],
  ];
  for (const [file, what] of unwanted) {
    it(`${file} is refused as ${what}`, () => {
      expect(contentTroubles([...files, file], { exports })).toEqual([
        `${file} is ${what}: leave it out by "files" in package.json`,
      ]);
    });
  }

  it("the compiler's notes are refused", () => {
    expect(contentTroubles([...files, 'dist/hub/tsconfig.tsbuildinfo'], { exports })[0]).toBe(
      'dist/hub/tsconfig.tsbuildinfo is the compiler\'s notes: leave it out by "files" in package.json',
    );
  });

  it('what was built of a file that is gone is refused', () => {
    expect(contentTroubles([...files, 'dist/hub/old.js'], { exports })).toEqual([
      'dist/hub/old.js has no source any more: delete dist and build again',
    ]);
  });

  it('a file that a door names must be there', () => {
    const without = files.filter((file) => file !== 'dist/hub/hub.d.ts');
    expect(contentTroubles(without, { exports })).toEqual([
      'dist/hub/hub.d.ts is named in "exports" and missing: build it, or take it out',
    ]);
  });

  it('the page that npm shows must be there', () => {
    const without = files.filter((file) => file !== 'README.md');
    expect(contentTroubles(without, { exports })).toEqual([
      'README.md is missing: write it, npm packs it by itself',
    ]);
  });
});

describe('installing it copies files and does no more', () => {
  it('a manifest without dependencies is right, its own scripts are not run', () => {
    expect(manifestTroubles({ dependencies: {}, scripts: { prepack: 'tsc -b' } })).toEqual([]);
  });

  it('a dependency is refused, an optional one too', () => {
    expect(
      manifestTroubles({ dependencies: { ws: '8.23.0' }, optionalDependencies: { redis: '6' } }),
    ).toEqual([
      'it depends on ws: dependencies stay empty, users bring what they choose',
      'it depends on redis: dependencies stay empty, users bring what they choose',
    ]);
  });

  for (const name of ['preinstall', 'install', 'postinstall']) {
    it(`a script on ${name} is refused`, () => {
      expect(manifestTroubles({ scripts: { [name]: 'node run.js' } })).toEqual([
        `it runs a script on ${name}: npm refuses those, do without`,
      ]);
    });
  }
});
