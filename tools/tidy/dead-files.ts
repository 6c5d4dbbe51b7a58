/**
 * Files that nobody can reach: shipped, read by newcomers, used by none.
 * In: the tree. Out: a finding for each file of src that no door leads to, and for each door that leads nowhere.
 */
import { doorsOf } from './doors.ts';
import type { Finding } from './finding.ts';
import { edgesOf, type Tree } from './tree.ts';

export function deadFiles(tree: Tree): Finding[] {
  const doors = doorsOf(tree);
  const reached = new Set(doors.map(({ file }) => file));
  const next = edgesOf(tree);
  for (const file of reached) {
    for (const { to } of next.get(file) ?? []) {
      reached.add(to);
    }
  }
  const dead = [...tree.sources.keys()].filter(
    (path) => path.startsWith('src/') && !path.endsWith('.d.ts') && !reached.has(path),
  );
  return [
    ...dead.map((file) => ({
      check: 'dead-files',
      file,
      line: 1,
      wrong: 'no door leads here',
      todo: 'Delete it, or export what it is for.',
    })),
    ...doors
      .filter(({ file }) => !tree.texts.has(file))
      .map(({ name, file }) => ({
        check: 'dead-files',
        file: 'package.json',
        line: 1,
        wrong: `the door ${name} leads to ${file}, which does not exist`,
        todo: 'Write the file, or remove the door from "exports".',
      })),
  ];
}
