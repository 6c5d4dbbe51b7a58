/**
 * The project as the checks see it: texts by path, sources parsed once, imports resolved.
 * In: texts, or a folder to read them from. Out: a tree in memory. Fails: for a folder that is not a project.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSource, type Source } from './source.ts';

export interface Tree {
  /** Every text, by its path from the root, with slashes. */
  readonly texts: ReadonlyMap<string, string>;
  readonly sources: ReadonlyMap<string, Source>;
}

/** A step from one file of the tree to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

const folders = [
  'bench',
  'compliance',
  'docs/3-reference',
  'e2e',
  'examples',
  'fuzz',
  'interop',
  'probes',
  'src',
  'standalone',
  'test',
  'tools',
];
const notOurs: ReadonlySet<string> = new Set(['node_modules', 'dist', '.build', 'coverage']);
const isSource: RegExp = /\.(ts|tsx|js|mjs|cjs)$/;
const isRead: RegExp = /\.(ts|tsx|js|mjs|cjs|md)$/;

export function makeTree(texts: Readonly<Record<string, string>>): Tree {
  const entries = Object.entries(texts);
  const sources = entries
    .filter(([path]) => isSource.test(path))
    .map(([path, text]) => [path, parseSource(path, text)] as const);
  return { texts: new Map(entries), sources: new Map(sources) };
}

/** @throws {Error} When there is no package.json or not one source file: then nothing would be checked. */
export function readTree(root: string): Tree {
  const texts: Record<string, string> = {
    'package.json': readFileSync(join(root, 'package.json'), 'utf8'),
  };
  for (const folder of folders.filter((name) => existsSync(join(root, name)))) {
    readFolder(root, folder, texts);
  }
  const tree = makeTree(texts);
  if (![...tree.sources.keys()].some((path) => path.startsWith('src/'))) {
    throw new Error(`${root} has no source file under src/: nothing could be checked`);
  }
  return tree;
}

function readFolder(root: string, folder: string, texts: Record<string, string>): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && !notOurs.has(entry.name)) {
      readFolder(root, path, texts);
    } else if (entry.isFile() && isRead.test(entry.name)) {
      texts[path] = readFileSync(join(root, path), 'utf8');
    }
  }
}

/** The path that a relative import means, whether there is such a file or not; undefined for any other import. */
export function pathOf(from: string, specifier: string): string | undefined {
  if (!/^\.\.?(\/|$)/.test(specifier)) {
    return undefined;
  }
  return posix.join(posix.dirname(from), specifier);
}

/** Every import between files of the tree by where it stands, those of types too. */
export function edgesOf(tree: Tree): ReadonlyMap<string, readonly Edge[]> {
  const edges = new Map<string, Edge[]>();
  for (const { path, imports } of tree.sources.values()) {
    const here: Edge[] = [];
    for (const { specifier, line } of imports) {
      const to = specifier === undefined ? undefined : pathOf(path, specifier);
      if (to !== undefined && tree.sources.has(to)) {
        here.push({ from: path, to, line });
      }
    }
    edges.set(path, here);
  }
  return edges;
}
