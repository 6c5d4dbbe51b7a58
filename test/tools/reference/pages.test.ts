import { describe, expect, it } from 'vitest';
import { fileOf, referencePages } from '../../../tools/reference/pages.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const pages = referencePages(
  makeTree({
    'package.json': JSON.stringify({
      name: 'house',
      exports: {
        '.': { 'tautline-source': './src/server/index.ts' },
        './wire': { 'tautline-source': './src/wire/index.ts' },
      },
    }),
    'src/server/index.ts':
      "/** `house`: all of it. And more. */\nexport { serve } from './serve.ts';\nexport type { Word } from '../wire/index.ts';\n",
    'src/server/serve.ts':
      "import type { Word } from '../wire/index.ts';\n/** Serves a `Word`; see `serve`. */\nexport function serve(word: Word): void {}\n",
    'src/wire/index.ts':
      "/** `house/wire`: words. */\nexport { type Word, word } from './word.ts';\n",
    'src/wire/word.ts':
      '/** One. */\nexport type Word = 1;\n/** Its value. */\nexport const word: Word = 1;\n',
  }),
);
const folder = 'docs/3-reference/api';

describe('the pages of the reference', () => {
  it('are one for each door, and one that lists them', () => {
    expect([...pages.keys()]).toEqual([
      `${folder}/README.md`,
      `${folder}/house.md`,
      `${folder}/wire.md`,
    ]);
    expect(pages.get(`${folder}/README.md`)).toContain(
      '| [`house`](house.md) | All of it. | 1 |\n| [`house/wire`](wire.md) | Words. | 2 |\n',
    );
  });

  it('describe each name where it is at home, and link to it from elsewhere', () => {
    expect(pages.get(`${folder}/house.md`)).toBe(
      `# \`house\`

All of it. And more.

[All doors](README.md)

**Functions:** [\`serve\`](#function-serve).

**From other doors:** [\`Word\`](wire.md#type-word).

## function \`serve\`

Serves a [\`Word\`](wire.md#type-word); see \`serve\`.

\`\`\`ts
function serve(word: Word): void;
\`\`\`

See [\`Word\`](wire.md#type-word).
`,
    );
  });

  it('keep a type and a value of one name apart', () => {
    const page = pages.get(`${folder}/wire.md`)!;
    expect(page).toContain('\n## const `word`\n');
    expect(page).toContain('\n## type `Word`\n');
    expect(page).toContain(
      '**Values:** [`word`](#const-word).\n\n**Types:** [`Word`](#type-word).\n',
    );
  });

  it('are named after their doors', () => {
    const door = (name: string): string => fileOf({ name, specifier: '', file: '' });
    expect(door('house')).toBe('house.md');
    expect(door('house/client/core')).toBe('client-core.md');
    expect(door('house/client (node)')).toBe('client-node.md');
  });
});
