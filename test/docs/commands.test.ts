/**
 * A command on a page can be typed as it stands there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsOf, isThere, type Page, pages, root } from './pages.ts';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};
/** npm's own, which need no script. */
const ofNpm = new Set(['ci', 'install']);

describe('commands', () => {
  it.each(pages)('on $path exist', (page) => {
    expect(unknown(page)).toEqual([]);
  });

  it('that do not exist are found', () => {
    const text =
      'Type `npm run none`, `npm tset`, `npx none`, `node none.js` or `npm test`.\n\n```sh\nnpm ci && npm none\n```\n';
    expect(unknown({ path: 'a.md', text })).toEqual([
      'a.md:4 npm none',
      'a.md:1 npm run none',
      'a.md:1 npm tset',
      'a.md:1 npx none',
      'a.md:1 node none.js',
    ]);
  });
});

function unknown(page: Page): string[] {
  return commandsOf(page)
    .filter(({ target }) => !exists(target))
    .map(({ target, line }) => `${page.path}:${line} ${target}`);
}

function exists(command: string): boolean {
  const [program, ...words] = command.split(' ').filter((word) => !/^[A-Z_]+=/.test(word));
  const [first = '', second = ''] = words;
  switch (program) {
    case 'npm':
      return first === 'run' ? second in scripts : ofNpm.has(first) || first in scripts;
    case 'npx':
      return isThere(`node_modules/.bin/${first}`);
    case 'node':
      return isThere(first);
    default:
      return false;
  }
}
