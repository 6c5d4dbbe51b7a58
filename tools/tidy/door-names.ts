/**
 * The names that the package exports, against those written out by hand in test/doors.test.ts: changes are deliberate.
 * In: the tree. Out: a finding for each name that stands on one side only, under the wrong kind, or out of order.
 * The list is the object `doors` of that file: door -> { values: [...], types: [...] }, each in the order of `sort()`.
 */
import type { Node } from 'oxc-parser';
import { type Door, doorsOf } from './doors.ts';
import type { Finding } from './finding.ts';
import { type Source, textOf, walk } from './source.ts';
import type { Tree } from './tree.ts';

const listFile = 'test/doors.test.ts';
const kinds = ['values', 'types'] as const;
type Kind = (typeof kinds)[number];

interface Listed extends Readonly<Record<Kind, readonly string[]>> {
  readonly line: number;
}

export function doorNames(tree: Tree): Finding[] {
  const listed = readList(tree.sources.get(listFile));
  const doors = doorsOf(tree).filter(({ file }) => tree.sources.has(file));
  const findings = doors.flatMap((door) => [
    ...starsIn(tree, door),
    ...compareDoor(tree, door, listed.get(door.name)),
  ]);
  const names = new Set(doorsOf(tree).map(({ name }) => name));
  for (const [name, { line }] of listed) {
    if (!names.has(name)) {
      findings.push(found(line, `lists ${name}, which is no door`, 'Remove the list.'));
    }
  }
  return findings;
}

/** What a door exports, by kind, in order. */
export function namesOf(source: Source): Readonly<Record<Kind, readonly string[]>> {
  const pick = (isType: boolean): string[] =>
    source.exports
      .filter((name) => name.isType === isType)
      .map(({ name }) => name)
      .sort();
  return { values: pick(false), types: pick(true) };
}

function compareDoor(tree: Tree, door: Door, listed: Listed | undefined): Finding[] {
  if (listed === undefined) {
    return [found(1, `lacks the door ${door.name}`, 'Write its exported names out.')];
  }
  const exported = namesOf(tree.sources.get(door.file)!);
  return kinds.flatMap((kind) => compareNames(door.name, kind, exported[kind], listed));
}

function compareNames(
  door: string,
  kind: Kind,
  exported: readonly string[],
  { line, [kind]: listed }: Listed,
): Finding[] {
  const missing = exported.filter((name) => !listed.includes(name));
  const surplus = listed.filter((name) => !exported.includes(name));
  const isSorted = listed.every((name, at) => at === 0 || listed[at - 1]! < name);
  return [
    ...missing.map((name) =>
      found(line, `lacks ${name} in the ${kind} of ${door}`, 'Add it if the export is meant.'),
    ),
    ...surplus.map((name) =>
      found(
        line,
        `lists ${name} in the ${kind} of ${door}, which exports no such name`,
        'Remove it, and say so in CHANGELOG.md.',
      ),
    ),
    ...(isSorted
      ? []
      : [found(line, `the ${kind} of ${door} are not in order`, 'Sort them, each name once.')]),
  ];
}

function starsIn(tree: Tree, { file }: Door): Finding[] {
  return tree.sources.get(file)!.starExports.map((line) => ({
    check: 'door-names',
    file,
    line,
    wrong: 'a door exports names that it does not name',
    todo: 'Write them out instead of `export *`.',
  }));
}

function found(line: number, wrong: string, todo: string): Finding {
  return { check: 'door-names', file: listFile, line, wrong, todo };
}

function readList(source: Source | undefined): Map<string, Listed> {
  const listed = new Map<string, Listed>();
  if (source === undefined) {
    return listed;
  }
  walk(source.program, (node) => {
    if (
      node.type !== 'VariableDeclarator' ||
      node.id.type !== 'Identifier' ||
      node.id.name !== 'doors'
    ) {
      return undefined;
    }
    for (const [name, list] of fieldsOf(node.init)) {
      const fields = new Map(fieldsOf(list));
      listed.set(name, {
        line: source.lineAt(list.start),
        values: stringsOf(fields.get('values')),
        types: stringsOf(fields.get('types')),
      });
    }
    return false;
  });
  return listed;
}

function fieldsOf(node: Node | null): [string, Node][] {
  const object = bare(node);
  if (object?.type !== 'ObjectExpression') {
    return [];
  }
  return object.properties.flatMap((field): [string, Node][] => {
    if (field.type !== 'Property') {
      return [];
    }
    const { key } = field;
    return [[key.type === 'Identifier' ? key.name : (textOf(key) ?? ''), field.value]];
  });
}

function stringsOf(node: Node | undefined): string[] {
  const list = bare(node ?? null);
  return list?.type === 'ArrayExpression' ? list.elements.map((name) => textOf(name) ?? '') : [];
}

/** Without `as const` and `satisfies`. */
function bare(node: Node | null): Node | null {
  return node?.type === 'TSAsExpression' || node?.type === 'TSSatisfiesExpression'
    ? bare(node.expression)
    : node;
}
