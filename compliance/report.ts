/**
 * What was observed, kept as artifacts/compliance.json: for each subject its counts and the verdict of
 * every case.
 * In: the results of one subject. Out: a file for each, and the one that joins them. Fails when the
 * folder is not writable.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Role } from './peer.ts';
import type { Result, Verdict } from './run.ts';

type Counts = Record<Verdict, number>;

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const parts = `${artifacts}compliance/`;

export function writeReport(
  { name, role }: { readonly name: string; readonly role: Role },
  results: ReadonlyMap<string, Result>,
): void {
  const rows = [...results];
  const report = {
    name,
    role,
    node: process.version,
    listed: count(rows.filter(([id]) => !id.startsWith('T.'))),
    ours: count(rows.filter(([id]) => id.startsWith('T.'))),
    reasons: Object.fromEntries(
      rows.filter(([, { verdict }]) => verdict !== 'OK').map(([id, { reasons }]) => [id, reasons]),
    ),
    cases: Object.fromEntries(rows.map(([id, { verdict }]) => [id, verdict])),
  };
  mkdirSync(parts, { recursive: true });
  replace(`${parts}${name}.json`, JSON.stringify(report));
  // The subjects may finish at the same time, in two processes: look again until nothing has
  // been overlooked.
  let written: string | undefined;
  for (let joined = join(); joined !== written; joined = join()) {
    replace(`${artifacts}compliance.json`, joined);
    written = joined;
  }
}

function count(rows: readonly (readonly [string, Result])[]): Counts {
  const counts: Counts = { OK: 0, INFORMATIONAL: 0, 'NON-STRICT': 0, FAILED: 0 };
  for (const [, { verdict }] of rows) {
    counts[verdict] += 1;
  }
  return counts;
}

function join(): string {
  const roles = readdirSync(parts)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(parts + name, 'utf8')) as unknown);
  return `${JSON.stringify({ roles }, null, 2)}\n`;
}

/** A reader sees the old file or the new one, never half of either. */
function replace(file: string, content: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}
