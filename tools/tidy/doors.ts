/**
 * The doors of the package, read from the `exports` of package.json.
 * In: the tree. Out: each door's name and the source file behind it. A door with another file for some condition is two doors.
 */
import type { Tree } from './tree.ts';

export interface Door {
  /** As imported, such as `tautline/wire`, and the condition behind it where that leads elsewhere: `tautline/client (node)`. */
  readonly name: string;
  /** What stands in an import. */
  readonly specifier: string;
  /** Path of the source file, which may not exist yet. */
  readonly file: string;
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly workspaces?: readonly string[];
}

/** The condition under which the sources themselves are found. */
const sourceCondition = 'tautline-source';

export function manifestOf(tree: Tree): Manifest {
  return JSON.parse(tree.texts.get('package.json') ?? '{}') as Manifest;
}

export function doorsOf(tree: Tree): Door[] {
  const { name, exports = {} } = manifestOf(tree);
  return Object.entries(exports).flatMap(([subpath, target]) =>
    doorsAt(`${name}${subpath.slice(1)}`, target),
  );
}

/** All that may be imported from the package by name, files that are no source included. */
export function specifiersOf(tree: Tree): ReadonlySet<string> {
  const { name, exports = {} } = manifestOf(tree);
  return new Set(Object.keys(exports).map((subpath) => `${name}${subpath.slice(1)}`));
}

function doorsAt(specifier: string, target: unknown): Door[] {
  const found = sourcesIn(target, []);
  const usual = found.at(-1)?.file;
  const doors = new Map<string, Door>();
  for (const { file, conditions } of found) {
    const name = file === usual ? specifier : `${specifier} (${conditions.join(', ')})`;
    doors.set(file, { name, specifier, file });
  }
  return [...doors.values()];
}

/** In the order in which a resolver looks: the last one is taken when no other condition holds. */
function sourcesIn(
  target: unknown,
  conditions: readonly string[],
): { readonly file: string; readonly conditions: readonly string[] }[] {
  if (typeof target !== 'object' || target === null) {
    return [];
  }
  return Object.entries(target).flatMap(([condition, below]) => {
    if (condition === sourceCondition && typeof below === 'string') {
      return [{ file: below.replace(/^\.\//, ''), conditions }];
    }
    return sourcesIn(below, [...conditions, condition]);
  });
}
