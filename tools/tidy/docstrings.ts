/**
 * What a door exports, its users can read about: in their editor, and in docs/3-reference/api.
 * In: the tree. Out: a finding for each exported name without a docstring, for each member of its options without one, and for each that is a
 * time and does not say in what unit.
 */
import type { Node } from 'oxc-parser';
import { docstringAt, headerOf } from './docstring.ts';
import { type Door, doorsOf } from './doors.ts';
import type { Finding } from './finding.ts';
import { type Home, Modules } from './modules.ts';
import type { Source } from './source.ts';
import type { Tree } from './tree.ts';

/** The options there are those of ws, by its names, and described by ws. */
const foreign = 'src/ws/';

export function docstrings(tree: Tree): Finding[] {
  const modules = new Modules(tree);
  const homes = new Map<string, Home>();
  for (const door of doorsOf(tree)) {
    for (const home of homesAt(door, tree, modules)) {
      homes.set(`${home.path}#${home.name}`, home);
    }
  }
  return [...homes.values()].flatMap((home) => findingsFor(home, tree, modules));
}

function homesAt({ file }: Door, tree: Tree, modules: Modules): Home[] {
  return (tree.sources.get(file)?.exports ?? [])
    .map(({ name }) => modules.homeOfExport(file, name))
    .filter((home) => home !== undefined);
}

function findingsFor(home: Home, tree: Tree, modules: Modules): Finding[] {
  const source = tree.sources.get(home.path)!;
  const text = tree.texts.get(home.path)!;
  if (home.name === '*') {
    return headerOf(source, text) === undefined ? [found(source, 0, 'this file')] : [];
  }
  const statements = modules.statementsOf(home);
  // What it throws, alone, does not say what it is.
  const isSaid = statements.some(({ start }) =>
    /^(?:[^@]|@codes)/.test(docstringAt(source, text, start) ?? ''),
  );
  return [
    ...(isSaid ? [] : [found(source, statements[0]?.start ?? 0, home.name)]),
    ...statements.flatMap((statement) => optionFindings(statement, source, text)),
  ];
}

/** Options are chosen by their words: each has some. */
function optionFindings(statement: Node, source: Source, text: string): Finding[] {
  const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  const isOptions =
    node?.type === 'TSInterfaceDeclaration' && /(?:Options|Limits)$/.test(node.id.name);
  if (!isOptions || source.path.startsWith(foreign)) {
    return [];
  }
  return node.body.body.flatMap((member): Finding[] => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') {
      return [];
    }
    if (/^TS(?:Never|Undefined)Keyword$/.test(member.typeAnnotation?.typeAnnotation.type ?? '')) {
      // It cannot be given: another shape of the same options has it.
      return [];
    }
    const { name } = member.key;
    const words = docstringAt(source, text, member.start);
    if (words === undefined) {
      return [found(source, member.start, `${node.id.name}.${name}`)];
    }
    return name.endsWith('Ms') && !/milliseconds|\bms\b/i.test(words)
      ? [found(source, member.start, `${node.id.name}.${name}`, 'a unit', 'Say: in milliseconds.')]
      : [];
  });
}

function found(
  { path, lineAt }: Source,
  start: number,
  what: string,
  lacks = 'a docstring',
  todo = 'Say what the signature cannot: what it is for, units, errors, source.',
): Finding {
  return {
    check: 'docstrings',
    file: path,
    line: lineAt(start),
    wrong: `${what} lacks ${lacks}`,
    todo,
  };
}
