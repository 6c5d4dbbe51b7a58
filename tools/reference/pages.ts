/**
 * The reference of the doors, as pages: docs/3-reference/api, one for each door and one that lists them.
 * In: the tree. Out: the text of each page by its path. Fails: as `readReference` does.
 */
import type { Door } from '../tidy/doors.ts';
import type { Tree } from '../tidy/tree.ts';
import { type DoorEntries, type Entry, keyOf, type Reference, readReference } from './entries.ts';
import { kinds } from './signature.ts';
import { firstSentence, headline, makeProse } from './words.ts';

export const folder = 'docs/3-reference/api';

const titles = {
  function: 'Functions',
  class: 'Classes',
  namespace: 'Namespaces',
  const: 'Values',
  interface: 'Interfaces',
  type: 'Types',
} as const;

export function referencePages(tree: Tree): ReadonlyMap<string, string> {
  const reference = readReference(tree);
  const pages = new Map([[`${folder}/README.md`, indexPage(reference)]]);
  for (const door of reference.doors) {
    pages.set(`${folder}/${fileOf(door.door)}`, doorPage(door, reference));
  }
  return pages;
}

/** `tautline/client (node)` is at client-node.md, and `tautline` itself at tautline.md. */
export function fileOf({ name }: Door): string {
  const words = name.replace(/^[^/ ]+\//, '').match(/[\w-]+/g) ?? [];
  return `${words.join('-')}.md`;
}

function indexPage({ doors, homeDoors }: Reference): string {
  const rows = doors.map(({ door, header, names }) => {
    const own = [...names.keys()].filter((key) => homeDoors.get(key) === door).length;
    return `| [\`${door.name}\`](${fileOf(door)}) | ${firstSentence(headline(header, door.specifier))} | ${own} |`;
  });
  return `# API reference

Every name that the package exports, by the door where it is at home, as the sources have it. Written by \`npm run reference\`: a change
here is lost. What options mean beside each other is in [options](../options.md), what codes mean in [errors](../errors.md).

| Door | What it is | Names |
|---|---|---|
${rows.join('\n')}
`;
}

function doorPage(here: DoorEntries, reference: Reference): string {
  const { door, header, names } = here;
  const { entries, homeDoors } = reference;
  const atHome = [...entries.keys()].filter((key) => homeDoors.get(key) === door);
  const pick = (isExported: boolean): Entry[] =>
    atHome
      .filter((key) => names.has(key) === isExported)
      .map((key) => entries.get(key)!)
      .sort(inOrder);
  const [own, unnamed] = [pick(true), pick(false)];
  const link = (entry: Entry): string => linkTo(keyOf(entry.home), undefined, door, reference);
  const others = [...names]
    .filter(([key]) => homeDoors.get(key) !== door)
    .sort(([, a], [, b]) => compare(a, b))
    .map(([key, name]) => linkTo(key, name, door, reference));
  const lists = kinds.map((kind) => {
    const some = own.filter((entry) => entry.kind === kind);
    return list(titles[kind], some.map(link));
  });
  const beside = [list('Named, not exported', unnamed.map(link)), list('From other doors', others)];
  return `${[
    `# \`${door.name}\``,
    packed(headline(header, door.specifier).split(' ')),
    '[All doors](README.md)',
    ...[...lists, ...beside].filter((text) => text !== ''),
    ...[...own, ...unnamed].map((entry) => entryText(entry, door, reference)),
  ].join('\n\n')}\n`;
}

function entryText(entry: Entry, door: Door, reference: Reference): string {
  const { docstring, signature, uses } = entry;
  const known = uses.filter((key) => reference.entries.has(key));
  const prose = makeProse((name) => linkByName(name, entry, door, reference));
  const parts = [`## ${headingOf(entry)}`];
  if (docstring !== undefined) {
    parts.push(prose(docstring));
  }
  parts.push(`\`\`\`ts\n${signature}\n\`\`\``);
  if (known.length > 0) {
    parts.push(
      packed(['See', ...commas(known.map((key) => linkTo(key, undefined, door, reference)))]),
    );
  }
  return parts.join('\n\n');
}

function headingOf({ kind, name }: Entry): string {
  return `${kind} \`${name}\``;
}

function linkTo(key: string, as: string | undefined, from: Door, reference: Reference): string {
  const entry = reference.entries.get(key)!;
  const to = reference.homeDoors.get(key)!;
  const anchor = `#${headingOf(entry)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')}`;
  const shown = as === undefined || as === entry.name ? entry.name : as;
  return `[\`${shown}\`](${to === from ? '' : fileOf(to)}${anchor})`;
}

/** For a name between backticks in prose: what it means where it was written, or what this page describes by that name. */
function linkByName(
  name: string,
  { home, mentions }: Entry,
  door: Door,
  reference: Reference,
): string | undefined {
  const { entries, homeDoors } = reference;
  const isHere = ([key, entry]: readonly [string, Entry]): boolean =>
    entry.name === name && homeDoors.get(key) === door;
  const key = mentions.get(name) ?? [...entries].find(isHere)?.[0];
  return key === undefined || !entries.has(key) || key === keyOf(home)
    ? undefined
    : linkTo(key, undefined, door, reference);
}

function list(title: string, links: readonly string[]): string {
  return links.length === 0 ? '' : packed([`**${title}:**`, ...commas(links)]);
}

function commas(words: readonly string[]): string[] {
  return words.map((word, at) => (at === words.length - 1 ? `${word}.` : `${word},`));
}

/** In lines that an editor shows whole. */
function packed(words: readonly string[]): string {
  const lines: string[] = [''];
  for (const word of words) {
    const last = lines.at(-1)!;
    if (last !== '' && last.length + word.length >= 130) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
  }
  return lines.join('\n');
}

function inOrder(a: Entry, b: Entry): number {
  return kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
