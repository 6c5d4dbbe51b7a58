/**
 * What ARCHITECTURE and the other pages say of where things are.
 */
import { describe, expect, it } from 'vitest';
import { codeOf, isThere, type Page, pages, readPage } from './pages.ts';

const floors =
  'ground|protocol|wire|ports|endpoint|hub|gateways|brokers|client|testing|transports|server';
/** A file or folder, seen from src; in fences too, where the corridors are drawn. */
const place = new RegExp(String.raw`(?<![\w./-])(?:${floors})/[a-z][\w/.-]*[\w]`, 'g');

describe('places', () => {
  it('that ARCHITECTURE names are there', () => {
    expect(missing(readPage('ARCHITECTURE.md'))).toEqual([]);
  });

  it.each(pages)('that $path names by their path from the root are there', (page) => {
    expect(missingFromRoot(page)).toEqual([]);
  });

  it('that are not there are found', () => {
    const text =
      '`protocol/none` and `hub/channel`, `nowhere/keep-alive`\n\n```\n2 wire/none x\n```\n';
    expect(missing({ path: 'a.md', text })).toEqual([
      'protocol/none',
      'wire/none',
      'nowhere/keep-alive',
    ]);
    expect(missingFromRoot({ path: 'a.md', text: '`src/none` and `src/hub`' })).toEqual([
      'src/none',
    ]);
  });
});

function missing(page: Page): string[] {
  const drawn = [...page.text.matchAll(place)].map(([path]) => path);
  const quoted = codeOf(page)
    .map(({ target }) => target)
    .filter((code) => /^[a-z][\w-]*\/[\w./-]+$/.test(code));
  return [...new Set([...drawn, ...quoted])].filter(
    (path) =>
      !['', '.ts', '/index.ts'].some((end) => isThere(`src/${path}${end}`)) && !isThere(path),
  );
}

function missingFromRoot(page: Page): string[] {
  return codeOf(page)
    .map(({ target }) => target)
    .filter((code) =>
      /^(src|test|tools|docs|examples|e2e|fuzz|bench|standalone)\/[\w./-]*$/.test(code),
    )
    .filter((path) => !isThere(path));
}
