/**
 * Every code that a user may meet has a paragraph in the reference, and every paragraph a code.
 * In: the tree. Out: a finding for each that stands on one side only.
 * A list of codes says so itself: `@codes` in the comment before a type of string literals, whether it has a name of its own
 * or is that of a field. A type that looks like codes and does not say so is a finding too.
 */
import type { Node } from 'oxc-parser';
import type { Finding } from './finding.ts';
import { type Source, textOf, walk } from './source.ts';
import type { Tree } from './tree.ts';

const page = 'docs/3-reference/errors.md';

interface Code {
  readonly code: string;
  readonly file: string;
  readonly line: number;
}

export function codes(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  const declared: Code[] = [];
  for (const source of tree.sources.values()) {
    if (source.path.startsWith('src/')) {
      readCodes(source, declared, findings);
    }
  }
  const headings = readPage(tree.texts.get(page) ?? '', findings);
  const written = new Set(headings.map(({ code }) => code));
  const known = new Set<string>();
  for (const { code, file, line } of declared) {
    if (!written.has(code) && !known.has(code)) {
      findings.push(found(file, line, `${code} is not in ${page}`, `Write "### \`${code}\`".`));
    }
    known.add(code);
  }
  for (const { code, line } of headings) {
    if (!known.has(code)) {
      findings.push(found(page, line, `${code} is no code in src`, 'Remove the paragraph.'));
    }
  }
  return findings;
}

/** Types under a `@codes` tag, and those that lack one. */
function readCodes(source: Source, declared: Code[], findings: Finding[]): void {
  const { comments, path, lineAt } = source;
  const tags = comments.filter(
    ({ type, value }) => type === 'Block' && /^\*.*@codes\b/s.test(value),
  );
  const used = new Set<number>();
  walk(source.program, (node, parent) => {
    const list = listOf(node);
    if (list === undefined) {
      return undefined;
    }
    const start = parent?.type === 'ExportNamedDeclaration' ? parent.start : node.start;
    const tag = comments.findLast(({ end }) => end <= start);
    if (tag !== undefined && tags.includes(tag) && !used.has(tag.start)) {
      used.add(tag.start);
      declared.push(...list.map(({ code, at }) => ({ code, file: path, line: lineAt(at) })));
    } else if (list.some(({ code }) => code.includes('_'))) {
      const wrong = `${list[0]!.code} and its like look like codes`;
      findings.push(
        found(path, lineAt(start), wrong, 'Begin the comment before them with @codes.'),
      );
    }
    return undefined;
  });
  for (const { start } of tags.filter((tag) => !used.has(tag.start))) {
    findings.push(
      found(path, lineAt(start), '@codes before no list of codes', 'Put it before the type.'),
    );
  }
}

/** The codes of a named type or of a field's type, if it has nothing else. */
function listOf(node: Node): { readonly code: string; readonly at: number }[] | undefined {
  let type: Node | undefined;
  if (node.type === 'TSTypeAliasDeclaration') {
    type = node.typeAnnotation;
  } else if (node.type === 'TSPropertySignature' || node.type === 'PropertyDefinition') {
    type = node.typeAnnotation?.typeAnnotation;
  }
  const parts = type?.type === 'TSUnionType' ? type.types : type === undefined ? [] : [type];
  const list = parts.map((part) => ({
    code: part.type === 'TSLiteralType' ? (textOf(part.literal) ?? '') : '',
    at: part.start,
  }));
  const areCodes = list.every(({ code }) => /^[A-Z][A-Z0-9_]+$/.test(code));
  return list.length > 0 && areCodes ? list : undefined;
}

function readPage(text: string, findings: Finding[]): { code: string; line: number }[] {
  const headings: { code: string; line: number }[] = [];
  const lines = text.split('\n');
  for (const [at, heading] of lines.entries()) {
    const code = /^### `([^`]+)`$/.exec(heading)?.[1];
    if (code === undefined) {
      continue;
    }
    const line = at + 1;
    if (headings.some((known) => known.code === code)) {
      findings.push(found(page, line, `${code} is there twice`, 'Make one paragraph of both.'));
    }
    const first = lines.slice(line).find((below) => below.trim() !== '') ?? '#';
    if (first.startsWith('#')) {
      findings.push(
        found(page, line, `${code} has no paragraph`, 'Say what happened and what to do.'),
      );
    }
    headings.push({ code, line });
  }
  return headings;
}

function found(file: string, line: number, wrong: string, todo: string): Finding {
  return { check: 'codes', file, line, wrong, todo };
}
