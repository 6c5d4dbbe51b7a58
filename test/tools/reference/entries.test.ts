import { describe, expect, it } from 'vitest';
import { keyOf, readReference } from '../../../tools/reference/entries.ts';
import { makeTree, type Tree } from '../../../tools/tidy/tree.ts';

const house = (texts: Readonly<Record<string, string>>): Tree =>
  makeTree({
    'package.json': JSON.stringify({
      name: 'house',
      exports: {
        '.': { 'tautline-source': './src/server/index.ts' },
        './wire': { 'tautline-source': './src/wire/index.ts' },
      },
    }),
    ...texts,
  });

const reference = readReference(
  house({
    'src/server/index.ts':
      "/** `house`: all. */\nexport { offer as serve } from './serve.ts';\nexport type { Word } from '../wire/index.ts';\n",
    'src/server/serve.ts': [
      "import type { Word } from '../wire/index.ts';",
      "import { Hidden } from './hidden.ts';",
      '/** Serves each `Word`. */',
      'export function offer(word: Word, port = 0): Hidden | Word[] {',
      '  return new Hidden();',
      '}',
    ].join('\n'),
    'src/server/hidden.ts': 'export class Hidden {}\n',
    'src/wire/index.ts':
      "import * as limits from './limits.ts';\nexport { max, type Word } from './word.ts';\nexport { limits };\n",
    'src/wire/word.ts': 'export const max = 1;\n/** One word. */\nexport type Word = string;\n',
    'src/wire/limits.ts':
      '/** The most there may be. */\n\n/** Of words. */\nexport const words = 5;\n',
  }),
);
const { doors, entries, homeDoors } = reference;

describe('what doors give', () => {
  it('is each declaration once, whatever doors it is exported by', () => {
    expect(doors.map(({ names }) => [...names])).toEqual([
      [
        ['src/server/serve.ts#offer', 'serve'],
        ['src/wire/word.ts#Word', 'Word'],
      ],
      [
        ['src/wire/word.ts#max', 'max'],
        ['src/wire/word.ts#Word', 'Word'],
        ['src/wire/limits.ts#*', 'limits'],
      ],
    ]);
  });

  it('is at home at the door that is nearest to it', () => {
    expect(homeDoors.get('src/wire/word.ts#Word')?.name).toBe('house/wire');
    expect(homeDoors.get('src/server/serve.ts#offer')?.name).toBe('house');
  });

  it('has a docstring, a signature by the name that the door gives it, and the types that this names', () => {
    const serve = entries.get('src/server/serve.ts#offer')!;
    expect(serve.docstring).toBe('Serves each `Word`.');
    expect(serve.signature).toBe('function serve(word: Word, port = 0): Hidden | Word[];');
    expect(serve.uses).toEqual(['src/wire/word.ts#Word', 'src/server/hidden.ts#Hidden']);
    expect([...serve.mentions]).toEqual([['Word', 'src/wire/word.ts#Word']]);
    expect(keyOf(serve.home)).toBe('src/server/serve.ts#offer');
  });

  it('brings along what it names and no door exports', () => {
    expect(entries.get('src/server/hidden.ts#Hidden')?.kind).toBe('class');
    expect(homeDoors.get('src/server/hidden.ts#Hidden')?.name).toBe('house');
  });

  it('shows a namespace with what is in it', () => {
    const limits = entries.get('src/wire/limits.ts#*')!;
    expect(limits.docstring).toBe('The most there may be.');
    expect(limits.signature).toBe('namespace limits {\n  /** Of words. */\n  const words = 5;\n}');
  });

  it('is not read from a door that exports what is not there', () => {
    const broken = house({
      'src/server/index.ts': "export { none } from './none.ts';\n",
      'src/wire/index.ts': '',
    });
    expect(() => readReference(broken)).toThrow('src/server/index.ts exports none');
  });
});
