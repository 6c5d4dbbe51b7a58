import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { install, pack, run } from '../../../tools/packed/npm.ts';

let work = '';
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'npm-test-'));
});
afterEach(() => rmSync(work, { recursive: true }));

function makePackage(name: string, more: object = {}): string {
  const folder = join(work, name);
  mkdirSync(folder);
  const manifest = { name, version: '1.2.3', ...more };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}

describe('a program that is run', { timeout: 60_000 }, () => {
  it('may end well', () => {
    expect(() => run('it', work, process.execPath, '-e', '')).not.toThrow();
  });

  it('is told with all that it said, when it ends badly', () => {
    const program = "console.log('out'); console.error('err'); process.exit(1)";
    expect(() => run('the program', work, process.execPath, '-e', program)).toThrow(
      'the program failed:\nout\nerr',
    );
  });

  it('is told when it is not there', () => {
    expect(() => run('it', work, join(work, 'none'))).toThrow(/^it failed:\n.*ENOENT/);
  });
});

describe('tarballs', { timeout: 60_000 }, () => {
  it('are made of several folders at once, and installed beside each other', () => {
    const deck = makePackage('deck');
    const mast = makePackage('mast', { dependencies: { deck: '1.2.3' } });
    const tarballs = pack([mast, deck], { into: join(work, 'tarballs') });
    expect(tarballs.map((path) => basename(path))).toEqual(['deck-1.2.3.tgz', 'mast-1.2.3.tgz']);
    const project = join(work, 'project');
    install(tarballs, project);
    expect(existsSync(join(project, 'node_modules/deck/package.json'))).toBe(true);
    expect(existsSync(join(project, 'node_modules/mast/package.json'))).toBe(true);
    expect(existsSync(join(project, 'node_modules/mast/node_modules'))).toBe(false);
  });

  it('that depend on something else cannot be installed: nothing is fetched', () => {
    const mast = makePackage('mast', { dependencies: { deck: '1.2.3' } });
    const tarballs = pack([mast], { into: join(work, 'tarballs') });
    expect(() => install(tarballs, join(work, 'project'))).toThrow(/ENOTCACHED.*deck/s);
  });

  it('are built first, unless they are taken as they lie', () => {
    const mast = makePackage('mast', { scripts: { prepack: 'echo not now && exit 1' } });
    expect(() => pack([mast], { into: join(work, 'built') })).toThrow(
      /^npm pack failed:\n.*not now/s,
    );
    expect(pack([mast], { into: join(work, 'as-it-lies'), asItLies: true })).toEqual([
      join(work, 'as-it-lies', 'mast-1.2.3.tgz'),
    ]);
  });
});
