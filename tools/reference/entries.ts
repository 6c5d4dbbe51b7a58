/**
 * What the doors of the package give: each name once, at the door where it is at home.
 * In: the tree. Out: doors with their entries. Fails: throws for an export that leads nowhere, which does not compile either.
 */
import type { Node } from 'oxc-parser';
import { docstringAt, headerOf } from '../tidy/docstring.ts';
import { type Door, doorsOf } from '../tidy/doors.ts';
import { type Home, Modules } from '../tidy/modules.ts';
import { walk } from '../tidy/source.ts';
import type { Tree } from '../tidy/tree.ts';
import { type Kind, signatureOf } from './signature.ts';

/** One declaration. */
export interface Entry {
  readonly home: Home;
  /** As the first door exports it. */
  readonly name: string;
  readonly kind: Kind;
  readonly docstring: string | undefined;
  readonly signature: string;
  /** Other declarations of ours that the signature names, in the order in which it does. */
  readonly uses: readonly string[];
  /** What names between backticks in the docstring mean in the file that it stands in. */
  readonly mentions: ReadonlyMap<string, string>;
}

export interface DoorEntries {
  readonly door: Door;
  /** What the door's file says of itself. */
  readonly header: string;
  /** Names by the key of what they mean: `keyOf`. */
  readonly names: ReadonlyMap<string, string>;
}

export interface Reference {
  readonly doors: readonly DoorEntries[];
  /** What doors export, and what that names without being exported itself. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** The door at whose page a declaration is described, by its key. */
  readonly homeDoors: ReadonlyMap<string, Door>;
}

export function keyOf({ path, name }: Home): string {
  return `${path}#${name}`;
}

export function readReference(tree: Tree): Reference {
  const modules = new Modules(tree);
  const entries = new Map<string, Entry>();
  const homeDoors = new Map<string, Door>();
  const doors = doorsOf(tree).map((door): DoorEntries => {
    const source = tree.sources.get(door.file)!;
    const names = new Map<string, string>();
    for (const { name } of source.exports) {
      const home = modules.homeOfExport(door.file, name);
      if (home === undefined) {
        throw new Error(`${door.file} exports ${name}, which is declared nowhere`);
      }
      const key = keyOf(home);
      if (!names.has(key)) {
        names.set(key, name);
      }
      entries.set(key, entries.get(key) ?? readEntry(tree, modules, home, name));
      const known = homeDoors.get(key);
      if (known === undefined || nearness(door, home) > nearness(known, home)) {
        homeDoors.set(key, door);
      }
    }
    return { door, header: headerOf(source, tree.texts.get(door.file)!) ?? '', names };
  });
  addUnnamed(tree, modules, entries, homeDoors);
  return { doors, entries, homeDoors };
}

/** What signatures name and no door exports: at the door of whoever names it, the first of its name there. */
function addUnnamed(
  tree: Tree,
  modules: Modules,
  entries: Map<string, Entry>,
  homeDoors: Map<string, Door>,
): void {
  const taken = new Set<string>();
  // One step: what these name in turn is not followed.
  const exported = [...entries];
  for (const [key, { uses }] of exported) {
    const door = homeDoors.get(key)!;
    for (const used of uses.filter((each) => !entries.has(each) && !each.endsWith('#*'))) {
      const [path = '', name = ''] = used.split('#');
      if (!taken.has(`${door.name} ${name}`)) {
        taken.add(`${door.name} ${name}`);
        entries.set(used, readEntry(tree, modules, { path, name }, name));
        homeDoors.set(used, door);
      }
    }
  }
}

/** How many folders the door and the declaration share. */
function nearness({ file }: Door, { path }: Home): number {
  const [ours, theirs] = [file.split('/'), path.split('/')];
  const at = ours.findIndex((folder, index) => folder !== theirs[index]);
  return at < 0 ? ours.length : at;
}

function readEntry(tree: Tree, modules: Modules, home: Home, name: string): Entry {
  const source = tree.sources.get(home.path)!;
  const text = tree.texts.get(home.path)!;
  if (home.name === '*') {
    const parts = source.exports.map((entry) => {
      const part = modules.homeOfExport(home.path, entry.name);
      return part === undefined ? '' : insideText(readEntry(tree, modules, part, entry.name));
    });
    const signature = `namespace ${name} {\n${parts.join('\n')}\n}`;
    const docstring = headerOf(source, text);
    const mentions = new Map<string, string>();
    return { home, name, kind: 'namespace', docstring, signature, uses: [], mentions };
  }
  const statements = modules.statementsOf(home);
  const signature = signatureOf(statements, home.name, text);
  const docstring = statements
    .map(({ start }) => docstringAt(source, text, start))
    .find((words) => words !== undefined);
  return {
    home,
    name,
    kind: signature.kind,
    docstring,
    // By the name under which it is imported.
    signature: signature.text.replace(new RegExp(`\\b${home.name}\\b`), name),
    uses: usesOf(signature.shown, home, modules),
    mentions: mentionsIn(docstring ?? '', home.path, modules),
  };
}

function mentionsIn(docstring: string, path: string, modules: Modules): Map<string, string> {
  const mentions = new Map<string, string>();
  for (const [, name = ''] of docstring.matchAll(/`([A-Za-z]\w*)`/g)) {
    const found = modules.homeOf(path, name);
    if (found !== undefined) {
      mentions.set(name, keyOf(found));
    }
  }
  return mentions;
}

/** As a member of a namespace. */
function insideText({ docstring, signature }: Entry): string {
  const lines = docstring?.split('\n') ?? [];
  const comment =
    lines.length > 1
      ? ['/**', ...lines.map((line) => ` * ${line}`), ' */']
      : lines.map((line) => `/** ${line} */`);
  return [...comment, ...signature.split('\n')].map((line) => `  ${line}`).join('\n');
}

/** Types and values that are named, as far as they are of the tree. */
function usesOf(shown: readonly Node[], home: Home, modules: Modules): string[] {
  const own = keyOf(home);
  const uses = new Set<string>();
  for (const node of shown) {
    walk(node, (below) => {
      const name = rootOf(
        below.type === 'Identifier' && below === node ? below : named(below),
      )?.name;
      const found = name === undefined ? undefined : modules.homeOf(home.path, name);
      if (found !== undefined && keyOf(found) !== own) {
        uses.add(keyOf(found));
      }
      return undefined;
    });
  }
  return [...uses];
}

/** The name in a place where a type is named; names of members and arguments are none. */
function named(node: Node): Node | undefined {
  switch (node.type) {
    case 'TSTypeReference':
      return node.typeName;
    case 'TSTypeQuery':
      return node.exprName;
    case 'TSInterfaceHeritage':
    case 'TSClassImplements':
      return node.expression;
    default:
      return undefined;
  }
}

/** `a` of `a.b.c`. */
function rootOf(node: Node | undefined): Extract<Node, { type: 'Identifier' }> | undefined {
  switch (node?.type) {
    case 'Identifier':
      return node;
    case 'TSQualifiedName':
      return rootOf(node.left);
    default:
      return undefined;
  }
}
