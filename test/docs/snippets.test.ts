/**
 * A program on a page is a file in examples/, and the tests of e2e run that file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fencesOf, linksOf, pages, resolveLink, root } from './pages.ts';

/** What stands there is declarations, written by `npm run reference` from the sources. */
const reference = 'docs/3-reference/api/';
const shown = pages.filter(
  ({ path }) => (path === 'README.md' || path.startsWith('docs/')) && !path.startsWith(reference),
);
const programs = shown.flatMap((page) =>
  fencesOf(page)
    .filter(({ language }) => /^(js|ts|mjs|jsx|tsx|javascript|typescript)$/.test(language))
    .map((fence) => ({ page, fence, title: `${page.path}:${fence.line}` })),
);

describe('a program on a page', () => {
  it.each(programs)('$title is, to the character, the file named above it', ({ page, fence }) => {
    const named = linksOf(page)
      .filter(({ line }) => line < fence.line)
      .map(({ target }) => resolveLink(page, target).file)
      .filter((file) => file.startsWith('examples/'));
    const file = named.at(-1);
    expect(file, 'no file of examples/ is linked above it').toBeDefined();
    expect(fence.body).toBe(readFileSync(join(root, file!), 'utf8'));
  });

  // Of applications in TypeScript the page shows a part: see applications.test.ts.
  it('is there for each file of examples/ in JavaScript', () => {
    // With their types, so that links to packages are not followed: they lead back here.
    const files = readdirSync(join(root, 'examples'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.jsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/node_modules|\.next|next\/app|\/dist\//.test(path))
      .map((path) => readFileSync(path, 'utf8'));
    const bodies = programs
      .filter(({ fence }) => fence.language.startsWith('js'))
      .map(({ fence }) => fence.body);
    expect(bodies.toSorted()).toEqual(files.toSorted());
  });
});
