/**
 * Import cycles, those of types too: two files that need each other are one file, or miss a third.
 * In: the tree. Out: one finding for each knot, with a shortest way round it.
 */
import type { Finding } from './finding.ts';
import { type Edge, edgesOf, type Tree } from './tree.ts';

export function cycles(tree: Tree): Finding[] {
  const next = edgesOf(tree);
  const told = new Set<string>();
  const findings: Finding[] = [];
  for (const start of [...next.keys()].sort()) {
    const round = told.has(start) ? undefined : wayBack(start, next);
    if (round === undefined) {
      continue;
    }
    for (const file of knotOf(start, next)) {
      told.add(file);
    }
    findings.push({
      check: 'cycles',
      file: start,
      line: round[0]!.line,
      wrong: `imports itself: ${[...round.map(({ from }) => from), start].join(' -> ')}`,
      todo: 'Move what both need into a file of its own below them.',
    });
  }
  return findings;
}

type Next = ReadonlyMap<string, readonly Edge[]>;

/** All files that need this one and are needed by it. */
function knotOf(start: string, next: Next): string[] {
  return [...reachOf(start, next)].filter((file) => reachOf(file, next).has(start));
}

function reachOf(start: string, next: Next): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const file of reached) {
    for (const { to } of next.get(file) ?? []) {
      reached.add(to);
    }
  }
  return reached;
}

/** The shortest way from a file to itself. */
function wayBack(start: string, next: Next): Edge[] | undefined {
  const cameBy = new Map<string, Edge>();
  const queue = [start];
  for (const at of queue) {
    for (const edge of next.get(at) ?? []) {
      if (edge.to === start) {
        return pathTo(at, start, cameBy).concat(edge);
      }
      if (!cameBy.has(edge.to)) {
        cameBy.set(edge.to, edge);
        queue.push(edge.to);
      }
    }
  }
  return undefined;
}

function pathTo(end: string, start: string, cameBy: ReadonlyMap<string, Edge>): Edge[] {
  const path: Edge[] = [];
  for (let at = end; at !== start; at = path[0]!.from) {
    path.unshift(cameBy.get(at)!);
  }
  return path;
}
