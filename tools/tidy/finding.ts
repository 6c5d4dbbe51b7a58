/**
 * One broken house rule, and how it is told.
 * In: which check, where, what is wrong, what to do. Out: one line for people and for editors that jump to `file:line`.
 */

export interface Finding {
  readonly check: string;
  readonly file: string;
  readonly line: number;
  readonly wrong: string;
  readonly todo: string;
}

export function formatFinding({ check, file, line, wrong, todo }: Finding): string {
  return `${check}  ${file}:${line}  ${wrong}  ${todo}`;
}

/** By check, then by place. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => compare(a.check, b.check) || compare(a.file, b.file) || a.line - b.line,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
