import { describe, expect, it } from 'vitest';
import { makeTree } from '../../../tools/tidy/tree.ts';
import { upward } from '../../../tools/tidy/upward.ts';

const wrongIn = (path: string, text: string): string[] =>
  upward(makeTree({ [path]: text })).map(({ file, line, wrong }) => `${file}:${line} ${wrong}`);

describe('imports go down only', () => {
  it('down is allowed, and so is the own room', () => {
    expect(wrongIn('src/hub/hub.ts', "import '../ports/index.ts';\nimport './a.ts';")).toEqual([]);
    expect(wrongIn('src/client/node/index.ts', "import '../index.ts';")).toEqual([]);
  });

  it('up is refused', () => {
    expect(wrongIn('src/protocol/a.ts', "\nimport { b } from '../endpoint/index.ts';")).toEqual([
      'src/protocol/a.ts:2 protocol must not import endpoint',
    ]);
  });

  it('sideways is refused, for types as well', () => {
    expect(wrongIn('src/hub/a.ts', "import type { B } from '../gateways/native.ts';")).toEqual([
      'src/hub/a.ts:1 hub must not import gateways',
    ]);
  });

  it('up into a room inside is refused', () => {
    expect(wrongIn('src/client/a.ts', "import './node/index.ts';")).toEqual([
      'src/client/a.ts:1 client must not import client/node',
    ]);
  });

  it('hooks take types of a contract, and no value; the client below them takes nothing of it', () => {
    const from = "from '../../contract/index.ts';";
    expect(wrongIn('src/client/react/a.ts', `import type { B } ${from}`)).toEqual([]);
    expect(wrongIn('src/client/react/a.ts', `import { b } ${from}`)).toEqual([
      'src/client/react/a.ts:1 client/react may import types only from contract',
    ]);
    expect(wrongIn('src/client/a.ts', "import type { B } from '../contract/index.ts';")).toEqual([
      'src/client/a.ts:1 client must not import contract',
    ]);
  });

  it('out of src is refused', () => {
    expect(wrongIn('src/hub/a.ts', "import '../../tools/b.ts';")).toEqual([
      'src/hub/a.ts:1 hub imports tools/b.ts, which is not part of the package',
    ]);
  });

  it('a file in no room is refused, unless it only declares', () => {
    expect(wrongIn('src/drawer/a.ts', '')).toEqual([
      'src/drawer/a.ts:1 stands in no room of the house',
    ]);
    expect(wrongIn('src/web.d.ts', '')).toEqual([]);
  });

  it('tests import what they like', () => {
    expect(wrongIn('test/hub/a.test.ts', "import '../../src/server/index.ts';")).toEqual([]);
  });
});
