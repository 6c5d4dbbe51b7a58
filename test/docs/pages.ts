/**
 * The pages that people read, and what stands in them: fences, links, code between backticks.
 * In: the project's folder. Out: pages, with line numbers for messages. Fails: when a page that must be there is not.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Fence {
  readonly language: string;
  readonly body: string;
  /** Of the opening line, from 1. */
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Page {
  readonly path: string;
  readonly text: string;
}

const atTheRoot = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'STYLE.md',
];

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** Those at the root, and all under docs. */
export const pages: readonly Page[] = [...atTheRoot, ...pagesUnder('docs')].map(readPage);

function pagesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? pagesUnder(path) : [path];
    })
    .filter((path) => path.endsWith('.md'))
    .sort();
}

export function fencesOf({ text }: Page): Fence[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((found) => ({
    language: found[1]!,
    body: found[2]!,
    line: lineAt(text, found.index),
  }));
}

/** Everything outside fences, with the lines where they are. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^```\w*\n[\s\S]*?^```$/gm, (fence) => fence.replaceAll(/[^\n]/g, ''));
}

export function linksOf(page: Page): Link[] {
  const prose = proseOf(page);
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((found) => ({
    target: found[1]!,
    line: lineAt(prose, found.index),
  }));
}

/** What stands between backticks. */
export function codeOf(page: Page): Link[] {
  const prose = proseOf(page);
  return [...prose.matchAll(/`([^`\n]+)`/g)].map((found) => ({
    target: found[1]!,
    line: lineAt(prose, found.index),
  }));
}

/** Shell lines: fences of `sh`, and backticks that begin with the name of a program. */
export function commandsOf(page: Page): Link[] {
  const fenced = fencesOf(page)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ body, line }) =>
      body.split('\n').map((target, index) => ({ target, line: line + 1 + index })),
    );
  const quoted = codeOf(page).filter(({ target }) => /^(npm|npx|node) /.test(target));
  return [...fenced, ...quoted].flatMap(({ target, line }) =>
    target
      .split('&&')
      .map((part) => ({ target: part.trim(), line }))
      .filter((command) => command.target !== ''),
  );
}

/** Where a link of `page` leads, from the root. */
export function resolveLink({ path }: Page, target: string): { file: string; anchor: string } {
  const [file = '', anchor = ''] = target.split('#');
  const from = file === '' ? path : posix.join(posix.dirname(path), file);
  return { file: from, anchor };
}

export function isThere(path: string): boolean {
  return existsSync(join(root, path));
}

/** The anchors of a page, as its headings make them. */
export function anchorsOf({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((found) =>
    found[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
