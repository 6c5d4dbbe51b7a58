import { describe, expect, it } from 'vitest';
import { anchorsOf, isThere, linksOf, type Page, pages, readPage, resolveLink } from './pages.ts';

describe('links', () => {
  it.each(pages)('of $path lead to files and headings that are there', (page) => {
    expect(broken(page)).toEqual([]);
  });

  it('that lead nowhere are found, as are those to headings that are not there', () => {
    const text =
      '# One\n\n[a](docs/none.md) [b](#one) [c](#two) [d](STYLE.md) [e](STYLE.md#none)\n';
    expect(broken({ path: 'README.md', text })).toEqual([
      'README.md:3 docs/none.md',
      'README.md:3 #two',
      'README.md:3 STYLE.md#none',
    ]);
  });
});

function broken(page: Page): string[] {
  return linksOf(page)
    .filter(({ target }) => !/^[a-z]+:/.test(target))
    .filter(({ target }) => {
      const { file, anchor } = resolveLink(page, target);
      if (file !== page.path && !isThere(file)) {
        return true;
      }
      const to = file === page.path ? page : anchor === '' ? undefined : readPage(file);
      return to !== undefined && anchor !== '' && !anchorsOf(to).includes(anchor);
    })
    .map(({ target, line }) => `${page.path}:${line} ${target}`);
}
