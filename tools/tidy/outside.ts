/**
 * What comes from outside of the package: npm, Node's own modules, triple-slash directives.
 * In: the tree. Out: a finding for each that its room must do without. `dependencies` are empty: a room imports from npm only what the
 * table of rooms names for it.
 */
import { isBuiltin } from 'node:module';
import { manifestOf } from './doors.ts';
import type { Finding } from './finding.ts';
import { type Room, roomOf } from './floors.ts';
import type { Import } from './source.ts';
import { pathOf, type Tree } from './tree.ts';

type Trouble = Pick<Finding, 'wrong' | 'todo'>;

export function outside(tree: Tree): Finding[] {
  const { name } = manifestOf(tree);
  const findings: Finding[] = [];
  for (const { path, imports, comments, lineAt } of tree.sources.values()) {
    const room = roomOf(path);
    if (room === undefined) {
      continue;
    }
    for (const from of imports) {
      const trouble = troubleWith(room, from, name);
      if (trouble !== undefined) {
        findings.push({ check: 'outside', file: path, line: from.line, ...trouble });
      }
    }
    for (const { type, value, start } of comments) {
      if (!room.knowsNode && type === 'Line' && /^\/\s*<\s*(reference|amd)/.test(value)) {
        findings.push({
          check: 'outside',
          file: path,
          line: lineAt(start),
          wrong: `a triple-slash directive in ${room.name}`,
          todo: 'Remove it: tsconfig.json of the room says which types there are.',
        });
      }
    }
  }
  return findings;
}

function troubleWith(room: Room, { specifier }: Import, name: string): Trouble | undefined {
  if (specifier === undefined) {
    return {
      wrong: 'an import of something computed',
      todo: 'Write the path out: what a room imports must be readable.',
    };
  }
  if (pathOf('', specifier) !== undefined) {
    return undefined;
  }
  if (isBuiltin(specifier)) {
    return troubleWithBuiltin(room, specifier);
  }
  if (specifier === name || specifier.startsWith(`${name}/`)) {
    return {
      wrong: `the package imports itself by its name, ${specifier}`,
      todo: 'Use the relative path of the door.',
    };
  }
  if (room.npm?.includes(specifier) === true) {
    return undefined;
  }
  return {
    wrong: `${specifier} is an npm package`,
    todo: 'Take it as an argument, its type written by shape: dependencies stay empty.',
  };
}

function troubleWithBuiltin(room: Room, specifier: string): Trouble | undefined {
  if (!room.knowsNode) {
    return {
      wrong: `${room.name} must run without Node, and imports ${specifier}`,
      todo: 'Take what is needed as an argument, given by a room that knows Node.',
    };
  }
  if (!specifier.startsWith('node:')) {
    return {
      wrong: `${specifier} is a module of Node's own without its prefix`,
      todo: `Write node:${specifier}.`,
    };
  }
  return undefined;
}
