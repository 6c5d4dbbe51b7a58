/**
 * One source file, read by a real parser.
 * In: its path and text. Out: what it imports and exports, and its syntax tree for checks that look deeper.
 * Fails never: a text that cannot be parsed has `errors`, and tidy reports them.
 */
import { type Comment, type Node, type Program, parseSync, visitorKeys } from 'oxc-parser';

export interface Import {
  /** As written; undefined for an `import()` of something computed. */
  readonly specifier: string | undefined;
  readonly line: number;
  /** Nothing of it is left at run time. `import { type A }` does leave an import, `import type` does not. */
  readonly isType: boolean;
}

export interface Export {
  readonly name: string;
  readonly line: number;
  readonly isType: boolean;
}

export interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  /** Lines with `export * from`, whose names cannot be read off this file. */
  readonly starExports: readonly number[];
  /** Whether something of its own is left at run time: re-exports and types do not count. */
  readonly hasOwnCode: boolean;
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly errors: readonly { readonly line: number; readonly message: string }[];
  /** From 1. */
  readonly lineAt: (offset: number) => number;
}

export function parseSource(path: string, text: string): Source {
  const { program, module, comments, errors } = parseSync(path, text, { sourceType: 'module' });
  const lineAt = lineFinder(text);
  const entries = module.staticExports.flatMap((statement) => statement.entries);
  const isStar = (kind: string): boolean => kind === 'AllButDefault';
  return {
    path,
    lines: text.split('\n').length - 1,
    imports: importsOf(program, lineAt),
    exports: entries
      .filter(({ importName }) => !isStar(importName.kind))
      .map(({ exportName, isType, start }) => ({
        name: exportName.name ?? 'default',
        line: lineAt(start),
        isType,
      })),
    starExports: entries
      .filter(({ importName }) => isStar(importName.kind))
      .map(({ start }) => lineAt(start)),
    hasOwnCode: program.body.some(isOwnCode),
    program,
    comments,
    errors: errors.map(({ message, labels }) => ({ line: lineAt(labels[0]?.start ?? 0), message })),
    lineAt,
  };
}

/** Calls `visit` for the node and all below it, parents first. Returning false leaves out what is below. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | undefined) => boolean | undefined,
  parent?: Node,
): void {
  if (visit(node, parent) === false) {
    return;
  }
  for (const key of visitorKeys[node.type] ?? []) {
    const below = (node as unknown as Record<string, Node | readonly (Node | null)[] | null>)[key];
    for (const child of Array.isArray(below) ? below : [below]) {
      if (child !== null && child !== undefined) {
        walk(child, visit, node);
      }
    }
  }
}

function importsOf(program: Program, lineAt: (offset: number) => number): Import[] {
  const imports: Import[] = [];
  const add = (node: Node, from: Node | null, isType: boolean): void => {
    imports.push({ specifier: textOf(from), line: lineAt(node.start), isType });
  };
  walk(program, (node) => {
    if (node.type === 'ImportDeclaration') {
      add(node, node.source, node.importKind === 'type');
    } else if (node.type === 'ExportAllDeclaration') {
      add(node, node.source, node.exportKind === 'type');
    } else if (node.type === 'ExportNamedDeclaration' && node.source !== null) {
      add(node, node.source, node.exportKind === 'type');
    } else if (node.type === 'ImportExpression') {
      add(node, node.source, false);
    } else if (node.type === 'TSImportType') {
      add(node, node.source, true);
    } else if (node.type === 'TSExternalModuleReference') {
      add(node, node.expression, false);
    } else if (isRequire(node)) {
      add(node, node.arguments[0] ?? null, false);
    }
    return undefined;
  });
  return imports;
}

function isRequire(node: Node): node is Extract<Node, { type: 'CallExpression' }> {
  return (
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'require'
  );
}

/** The text of a string literal, or undefined. */
export function textOf(node: Node | null | undefined): string | undefined {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function isOwnCode(statement: Node): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return false;
    case 'ExportNamedDeclaration':
      return statement.declaration !== null && isOwnCode(statement.declaration);
    default:
      return !('declare' in statement && statement.declare === true);
  }
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return (offset) => {
    let line = 0;
    let beyond = starts.length;
    while (beyond - line > 1) {
      const middle = (line + beyond) >>> 1;
      if (starts[middle]! <= offset) {
        line = middle;
      } else {
        beyond = middle;
      }
    }
    return line + 1;
  };
}
