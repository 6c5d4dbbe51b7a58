/**
 * Imports go down only: neither up nor sideways, and into some rooms for types alone.
 * In: the tree and the table of rooms. Out: a finding for each import that the table does not have.
 */
import type { Finding } from './finding.ts';
import { type Room, roomOf } from './floors.ts';
import { pathOf, type Tree } from './tree.ts';

export function upward(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const { path, imports } of tree.sources.values()) {
    const room = roomOf(path);
    if (!path.startsWith('src/') || path.endsWith('.d.ts')) {
      continue;
    }
    if (room === undefined) {
      findings.push({
        check: 'upward',
        file: path,
        line: 1,
        wrong: 'stands in no room of the house',
        todo: 'Move it into a room, or add the room to tools/tidy/floors.ts.',
      });
      continue;
    }
    for (const { specifier, line, isType } of imports) {
      const to = specifier === undefined ? undefined : pathOf(path, specifier);
      const trouble = to === undefined ? undefined : troubleWith(room, to, isType);
      if (trouble !== undefined) {
        findings.push({ check: 'upward', file: path, line, ...trouble });
      }
    }
  }
  return findings;
}

function troubleWith(
  room: Room,
  to: string,
  isType: boolean,
): Pick<Finding, 'wrong' | 'todo'> | undefined {
  if (!to.startsWith('src/')) {
    return {
      wrong: `${room.name} imports ${to}, which is not part of the package`,
      todo: 'Only src is published: move what is needed there.',
    };
  }
  const target = roomOf(to);
  if (target === undefined || target === room) {
    return undefined;
  }
  if (!room.mayImport.includes(target.name)) {
    return {
      wrong: `${room.name} must not import ${target.name}`,
      todo: 'Move what both need one floor down, or take it as an argument.',
    };
  }
  if (room.typesOnly?.includes(target.name) === true && !isType) {
    return {
      wrong: `${room.name} may import types only from ${target.name}`,
      todo: 'Use `import type`, or do without the value.',
    };
  }
  return undefined;
}
