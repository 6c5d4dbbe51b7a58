/**
 * All patterns of a contract, to find the one that a name belongs to.
 * In: patterns, then names from anywhere. Out: the pattern and the parameters, decoded. Fails: a pattern that could give a name that another one
 * gives too is refused.
 */
import { decodeParam } from '../ground/param.ts';
import { maxNameBytes, type Pattern } from '../ground/pattern.ts';

export interface PatternTree {
  readonly literals: Map<string, PatternTree>;
  /** What goes on after a parameter, whatever it is called. */
  afterParam?: PatternTree;
  /** Ends here. */
  pattern?: Pattern;
}

export function emptyTree(): PatternTree {
  return { literals: new Map() };
}

/** Adds the pattern; or gives the one that it cannot be told from, and adds nothing. */
export function addPattern(tree: PatternTree, pattern: Pattern): Pattern | undefined {
  const other = overlapping(tree, pattern, 0);
  if (other !== undefined) {
    return other;
  }
  let at = tree;
  for (const { literal } of pattern.segments) {
    if (literal === undefined) {
      at.afterParam ??= emptyTree();
      at = at.afterParam;
    } else {
      const next = at.literals.get(literal) ?? emptyTree();
      at.literals.set(literal, next);
      at = next;
    }
  }
  at.pattern = pattern;
  return undefined;
}

/** The pattern that gives this name, and the parameters that it gives it for; undefined when none does. */
export function findPattern(
  tree: PatternTree,
  name: string,
): { readonly pattern: Pattern; readonly params: Readonly<Record<string, string>> } | undefined {
  if (name.length > maxNameBytes) {
    return undefined;
  }
  const segments = name.split('/');
  const pattern = walk(tree, segments, 0);
  if (pattern === undefined) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [at, { param }] of pattern.segments.entries()) {
    const value = param === undefined ? '' : decodeParam(segments[at]!);
    if (value === undefined) {
      return undefined;
    }
    if (param !== undefined) {
      params[param] = value;
    }
  }
  return { pattern, params };
}

/** No two patterns give one name: at most one way leads to an end. */
function walk(tree: PatternTree, segments: readonly string[], at: number): Pattern | undefined {
  if (at === segments.length) {
    return tree.pattern;
  }
  const literal = tree.literals.get(segments[at]!);
  const found = literal === undefined ? undefined : walk(literal, segments, at + 1);
  if (found !== undefined || tree.afterParam === undefined) {
    return found;
  }
  return walk(tree.afterParam, segments, at + 1);
}

/** A parameter may be what any literal is. */
function overlapping(tree: PatternTree, pattern: Pattern, at: number): Pattern | undefined {
  const segment = pattern.segments[at];
  if (segment === undefined) {
    return tree.pattern;
  }
  const same = segment.literal === undefined ? [...tree.literals.values()] : [];
  const literal = tree.literals.get(segment.literal ?? '');
  for (const next of [...same, literal, tree.afterParam]) {
    const other = next === undefined ? undefined : overlapping(next, pattern, at + 1);
    if (other !== undefined) {
      return other;
    }
  }
  return undefined;
}
