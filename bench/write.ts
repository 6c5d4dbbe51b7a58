/**
 * What was measured, for the reader of docs: the page's tables, the figures behind them, and pictures.
 * In: series. Out: files. Fails: as the file system does, or when the page has lost its marks.
 */
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import { toSvg } from './chart.ts';
import type { KeptFigures } from './kept.ts';
import { isPinned } from './pin.ts';
import { type Series, toJson, toMarkdown } from './report.ts';

const docs = new URL('../docs/3-reference/', import.meta.url);
const begin = '<!-- bench: begin -->';
const end = '<!-- bench: end -->';

export interface Runs {
  readonly rounds: number;
  readonly seconds: number;
}

/** One sentence on what ran where. */
export function conditions({ rounds, seconds }: Runs): string {
  const { version: ws } = packageOf('ws');
  const { version: bun } = packageOf('bun');
  const cores = isPinned ? 'server and load on a core each' : 'load on the same cores';
  return (
    `ws ${ws} with bufferutil, Bun ${bun}; Linux ${release()}, ${cpus().length} × ` +
    `${cpus()[0]?.model.trim()}; medians of ${rounds} interleaved runs of ${seconds} s (3 where setting up takes long or no aim ` +
    `is set, 1 of Bun and raw epoll), ${cores}.`
  );
}

/** @param folder Where the page is. */
export async function writePages(
  all: readonly Series[],
  said: string,
  folder: URL = docs,
): Promise<void> {
  const page = new URL('performance.md', folder);
  const text = await readFile(page, 'utf8');
  await writeFile(page, withTables(text, all, said));
  const json = { conditions: said, series: all.map(toJson) };
  await writeFile(new URL('performance.json', folder), `${JSON.stringify(json, null, 2)}\n`);
  for (const series of all) {
    await writeFile(new URL(pictureOf(series), folder), toSvg(series));
  }
}

/** What was written last. */
export async function readKept(folder: URL = docs): Promise<KeptFigures> {
  return JSON.parse(await readFile(new URL('performance.json', folder), 'utf8')) as KeptFigures;
}

/** The page with what stands between its marks put anew. */
export function withTables(page: string, all: readonly Series[], said: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`the page needs ${begin} and ${end}`);
  }
  const parts = all.map(
    (series) => `${toMarkdown(series)}\n\n![The same as a picture](${pictureOf(series)})`,
  );
  const inner = [...parts, said].join('\n\n');
  return `${page.slice(0, from + begin.length)}\n\n${inner}\n\n${page.slice(to)}`;
}

/** One for each major version. */
function pictureOf({ node }: Series): string {
  return `performance-node-${node.split('.', 1)[0]}.svg`;
}

function packageOf(name: string): { readonly version: string } {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as { version: string };
}
