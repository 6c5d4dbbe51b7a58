/**
 * A room is entered by its door, and so is the package.
 * In: the tree. Out: a finding for each import that goes past a room's index.ts, past the doors of package.json, or out of
 * a workspace by a relative path. The files of `ground` are doors each, and so is every file that package.json names. Only the bench
 * of single parts goes past all doors: there is no other way to them.
 */
import { doorsOf, manifestOf, specifiersOf } from './doors.ts';
import type { Finding } from './finding.ts';
import { roomOf } from './floors.ts';
import { pathOf, type Tree } from './tree.ts';

const partsBench = 'bench/parts/';

export function pastDoors(tree: Tree): Finding[] {
  const { name, workspaces = [] } = manifestOf(tree);
  const doorFiles = new Set(doorsOf(tree).map(({ file }) => file));
  const specifiers = specifiersOf(tree);
  const findings: Finding[] = [];
  for (const { path, imports } of tree.sources.values()) {
    const workspace = workspaceOf(path, workspaces);
    for (const { specifier, line } of imports) {
      const trouble =
        specifier === undefined
          ? undefined
          : (pastPackage(specifier, name, specifiers) ??
            pastRoom(path, specifier, doorFiles) ??
            outOfWorkspace(path, specifier, workspace));
      if (trouble !== undefined) {
        findings.push({ check: 'past-doors', file: path, line, ...trouble });
      }
    }
  }
  return findings;
}

type Trouble = Pick<Finding, 'wrong' | 'todo'>;

function pastPackage(
  specifier: string,
  name: string,
  specifiers: ReadonlySet<string>,
): Trouble | undefined {
  const isOurs = specifier === name || specifier.startsWith(`${name}/`);
  if (!isOurs || specifiers.has(specifier)) {
    return undefined;
  }
  return {
    wrong: `${specifier} is no door of the package`,
    todo: 'Import from a door in "exports" of package.json, or add one there.',
  };
}

function pastRoom(
  path: string,
  specifier: string,
  doorFiles: ReadonlySet<string>,
): Trouble | undefined {
  const to = pathOf(path, specifier);
  const from = roomOf(path);
  const target = to === undefined ? undefined : roomOf(to);
  if (to === undefined || from === undefined || target === undefined || target === from) {
    return undefined;
  }
  const door = `src/${target.name}/index.ts`;
  if (target.name === 'ground' || to === door || doorFiles.has(to)) {
    return undefined;
  }
  return {
    wrong: `${to} lies behind the door of ${target.name}`,
    todo: `Import from ${door}, and export there what is needed.`,
  };
}

function outOfWorkspace(
  path: string,
  specifier: string,
  workspace: string | undefined,
): Trouble | undefined {
  const to = pathOf(path, specifier);
  if (to === undefined || workspace === undefined || to.startsWith(`${workspace}/`)) {
    return undefined;
  }
  if (path.startsWith(partsBench) && to.startsWith('src/')) {
    return undefined;
  }
  return {
    wrong: `${to} lies outside of the workspace ${workspace}`,
    todo: 'Import the package by its name, by one of its doors.',
  };
}

/** The innermost workspace that the file is part of. `*` in a pattern stands for one folder. */
function workspaceOf(path: string, patterns: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const pattern of patterns) {
    const size = pattern.split('/').length;
    const folder = path.split('/').slice(0, size);
    const fits = pattern.split('/').every((part, at) => part === '*' || part === folder[at]);
    if (fits && path.split('/').length > size && size > (found?.split('/').length ?? 0)) {
      found = folder.join('/');
    }
  }
  return found;
}
