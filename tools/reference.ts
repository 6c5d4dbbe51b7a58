/**
 * What is written from the sources and for them: the reference of every exported name, and the table behind `tautline/errors`.
 * In: the project's folder, this one when none is named. Out: the files, written where they differ, and each one's path; pages of doors
 * that are gone are removed. Fails: throws for what tidy refuses.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorTable, errorTableFile } from './reference/error-table.ts';
import { folder, referencePages } from './reference/pages.ts';
import { errorsPage } from './tidy/errors-page.ts';
import { makeTree, readTree, type Tree } from './tidy/tree.ts';

/** Every file that is written, by its path. */
export function generated(tree: Tree): ReadonlyMap<string, string> {
  const table = errorTable(tree.texts.get(errorsPage) ?? '');
  // The pages show the table's door, and the table may be new.
  const renewed = makeTree({ ...Object.fromEntries(tree.texts), [errorTableFile]: table });
  return new Map([[errorTableFile, table], ...referencePages(renewed)]);
}

/** Pages that no door has. */
export function leftOver(tree: Tree): string[] {
  const files = generated(tree);
  return [...tree.texts.keys()].filter((path) => path.startsWith(`${folder}/`) && !files.has(path));
}

function write(root: string): void {
  const tree = readTree(root);
  for (const [path, text] of generated(tree)) {
    if (tree.texts.get(path) !== text) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      console.log(`wrote ${path}`);
    }
  }
  for (const path of leftOver(tree)) {
    rmSync(join(root, path));
    console.log(`removed ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  write(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
}
