/**
 * The specification lies beside the code: src/a/b.ts has test/a/b.test.ts, tools/c.ts has test/tools/c.test.ts.
 * In: the tree. Out: a finding for each file without. Exempt are files with no code of their own: doors and types.
 */
import type { Finding } from './finding.ts';
import type { Tree } from './tree.ts';

export function mirroredTests(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const { path, hasOwnCode } of tree.sources.values()) {
    const test = testOf(path);
    if (test === undefined || !hasOwnCode || tree.texts.has(test)) {
      continue;
    }
    findings.push({
      check: 'mirrored-tests',
      file: path,
      line: 1,
      wrong: 'has no test',
      todo: `Write ${test}.`,
    });
  }
  return findings;
}

function testOf(path: string): string | undefined {
  if (path.endsWith('.d.ts')) {
    return undefined;
  }
  if (path.startsWith('src/')) {
    return `test/${path.slice('src/'.length).replace(/\.(\w+)$/, '.test.$1')}`;
  }
  return path.startsWith('tools/') ? `test/${path.replace(/\.(\w+)$/, '.test.$1')}` : undefined;
}
