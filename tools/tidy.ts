/**
 * The house rules in code. In: the project's folder, this one when none is named. Out: one line for each rule that is
 * broken, `check  file:line  what is wrong  what to do`, and exit code 1; or what was looked at, and 0.
 */
import { fileURLToPath } from 'node:url';
import { codes } from './tidy/codes.ts';
import { cycles } from './tidy/cycles.ts';
import { deadFiles } from './tidy/dead-files.ts';
import { docstrings } from './tidy/docstrings.ts';
import { doorNames } from './tidy/door-names.ts';
import { type Finding, formatFinding, inOrder } from './tidy/finding.ts';
import { mirroredTests } from './tidy/mirrored-tests.ts';
import { numbers } from './tidy/numbers.ts';
import { outside } from './tidy/outside.ts';
import { pastDoors } from './tidy/past-doors.ts';
import { readTree, type Tree } from './tidy/tree.ts';
import { upward } from './tidy/upward.ts';
import { world } from './tidy/world.ts';

/** Each is a pure function of the tree, in a file and with a test of its own. */
export const checks: readonly ((tree: Tree) => Finding[])[] = [
  syntax,
  cycles,
  upward,
  pastDoors,
  outside,
  world,
  deadFiles,
  mirroredTests,
  codes,
  numbers,
  doorNames,
  docstrings,
];

/** Past this, look for the second noun that hides inside. Reported, not refused. */
const longFile = 300;

export function tidy(tree: Tree): Finding[] {
  return inOrder(checks.flatMap((check) => check(tree)));
}

/** Gives the exit code. */
export function report(tree: Tree, print: (line: string) => void): number {
  const findings = tidy(tree);
  for (const finding of findings) {
    print(formatFinding(finding));
  }
  for (const { path, lines } of tree.sources.values()) {
    if (lines > longFile) {
      print(`note: ${path} has ${lines} lines`);
    }
  }
  print(`tidy: ${findings.length} found in ${tree.sources.size} files by ${checks.length} checks`);
  return findings.length === 0 ? 0 : 1;
}

/** A file that the parser refuses would pass every other check unseen. */
function syntax(tree: Tree): Finding[] {
  return [...tree.sources.values()].flatMap(({ path, errors }) =>
    errors.map(({ line, message }) => ({
      check: 'syntax',
      file: path,
      line,
      wrong: message,
      todo: 'Mend it: nothing else in this file was checked.',
    })),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
  process.exitCode = report(readTree(root), console.log);
}
