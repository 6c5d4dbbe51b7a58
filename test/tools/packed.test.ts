import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPackage, exportedDoors } from '../../tools/packed.ts';
import { makeTree } from '../../tools/tidy/tree.ts';

describe('the doors that the tarball is held against', () => {
  const manifest = JSON.stringify({
    name: 'house',
    exports: {
      './client': {
        node: { 'tautline-source': './src/client/node/index.ts' },
        'tautline-source': './src/client/index.ts',
      },
    },
  });

  it('have the names that their sources export, and the platform of their room', () => {
    const tree = makeTree({
      'package.json': manifest,
      'src/client/index.ts': 'export const dial = 1;\nexport type Client = 1;\n',
      'src/client/node/index.ts': 'export const dial = 1;\n',
    });
    expect(exportedDoors(tree)).toEqual([
      {
        specifier: 'house/client',
        conditions: ['node'],
        knowsNode: true,
        knowsWeb: false,
        values: ['dial'],
        types: [],
      },
      {
        specifier: 'house/client',
        conditions: [],
        knowsNode: false,
        knowsWeb: true,
        values: ['dial'],
        types: ['Client'],
      },
    ]);
  });

  it('knows the web where it shows what the client exports', () => {
    const exports = { './testbed': { 'tautline-source': './src/testbed/index.ts' } };
    const tree = makeTree({
      'package.json': JSON.stringify({ name: 'house', exports }),
      'src/testbed/index.ts': 'export const testbed = 1;\n',
    });
    expect(exportedDoors(tree)).toMatchObject([{ knowsNode: false, knowsWeb: true }]);
  });

  it('must have a source', () => {
    expect(() => exportedDoors(makeTree({ 'package.json': manifest }))).toThrow(
      'the door house/client (node) leads to src/client/node/index.ts, which does not exist',
    );
  });
});

describe('a package that cannot be right', { timeout: 60_000 }, () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'packed-test-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const check = (manifest: object): [number, string[]] => {
    writeFileSync(join(root, 'package.json'), JSON.stringify(manifest));
    const lines: string[] = [];
    return [checkPackage(root, (line) => lines.push(line)), lines];
  };

  it('is refused for a dependency before anything is packed', () => {
    expect(check({ name: 'house', dependencies: { ws: '8.23.0' } })).toEqual([
      1,
      ['packed: it depends on ws: dependencies stay empty, users bring what they choose'],
    ]);
  });

  it('is refused when npm cannot pack it, with what npm says', () => {
    mkdirSync(join(root, 'src/hub'), { recursive: true });
    writeFileSync(join(root, 'src/hub/index.ts'), 'export const open = 1;\n');
    const [code, lines] = check({
      name: 'house',
      exports: { './hub': { 'tautline-source': './src/hub/index.ts' } },
    });
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^packed: npm pack failed:\n.*version/s);
  });
});
