import { describe, expect, it } from 'vitest';
import { pastDoors } from '../../../tools/tidy/past-doors.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const manifest = JSON.stringify({
  name: 'house',
  workspaces: ['standalone', 'standalone/console', 'bench', 'examples/*'],
  exports: {
    '.': { 'tautline-source': './src/server/index.ts' },
    './brokers/memory': { 'tautline-source': './src/brokers/memory.ts' },
    './package.json': './package.json',
  },
});
const wrongIn = (path: string, text: string): string[] =>
  pastDoors(makeTree({ 'package.json': manifest, [path]: text })).map(
    ({ file, line, wrong }) => `${file}:${line} ${wrong}`,
  );

describe('a room is entered by its door', () => {
  it('by index.ts, by a file that package.json names, and by any file of ground', () => {
    expect(
      wrongIn(
        'src/server/create-server.ts',
        "import '../hub/index.ts';\nimport '../brokers/memory.ts';\nimport '../ground/clock.ts';",
      ),
    ).toEqual([]);
  });

  it('not by a file behind the door', () => {
    expect(wrongIn('src/server/a.ts', "\nimport type { B } from '../hub/session/b.ts';")).toEqual([
      'src/server/a.ts:2 src/hub/session/b.ts lies behind the door of hub',
    ]);
  });

  it('not by a file that package.json does not name, in a room of several doors', () => {
    expect(wrongIn('src/server/a.ts', "import '../brokers/memory/log.ts';")).toEqual([
      'src/server/a.ts:1 src/brokers/memory/log.ts lies behind the door of brokers',
    ]);
  });

  it('a room inside uses the door too', () => {
    expect(wrongIn('src/client/node/index.ts', "import '../index.ts';")).toEqual([]);
    expect(wrongIn('src/client/node/index.ts', "import '../session.ts';")).toEqual([
      'src/client/node/index.ts:1 src/client/session.ts lies behind the door of client',
    ]);
  });

  it('on its own floor one walks straight to the file', () => {
    expect(wrongIn('src/hub/hub.ts', "import './session/session.ts';")).toEqual([]);
  });
});

describe('the package is entered by its doors', () => {
  it('only by those in exports', () => {
    expect(
      wrongIn('standalone/main.ts', "import 'house';\nimport 'house/brokers/memory';"),
    ).toEqual([]);
    expect(wrongIn('standalone/main.ts', "import 'house/dist/hub/hub.js';")).toEqual([
      'standalone/main.ts:1 house/dist/hub/hub.js is no door of the package',
    ]);
  });

  it('a package whose name begins alike is another', () => {
    expect(wrongIn('examples/chat/server.js', "import 'house-keeping/x';")).toEqual([]);
  });
});

describe('a workspace uses the package by its name', () => {
  it('and its own files by their paths', () => {
    expect(wrongIn('standalone/commands/a.ts', "import '../main.ts';")).toEqual([]);
  });

  it('except for the bench of single parts, and only that, and only to the sources', () => {
    const source = "import '../../src/hub/index.ts';";
    expect(wrongIn('bench/parts/a.ts', source)).toEqual([]);
    expect(wrongIn('bench/other/a.ts', source)).toHaveLength(1);
    expect(wrongIn('bench/parts/a.ts', "import '../../tools/tidy.ts';")).toHaveLength(1);
  });

  for (const [path, specifier, to, workspace] of [
    ['standalone/main.ts', '../src/hub/index.ts', 'src/hub/index.ts', 'standalone'],
    ['standalone/console/src/a.ts', '../../main.ts', 'standalone/main.ts', 'standalone/console'],
    ['examples/chat/server.js', '../echo/server.js', 'examples/echo/server.js', 'examples/chat'],
  ] as const) {
    it(`${path} does not import ${specifier}`, () => {
      expect(wrongIn(path, `import '${specifier}';`)).toEqual([
        `${path}:1 ${to} lies outside of the workspace ${workspace}`,
      ]);
    });
  }
});
