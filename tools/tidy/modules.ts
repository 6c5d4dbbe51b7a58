/**
 * Where a name was declared, whatever doors and files it came through.
 * In: the tree, a file and a name in it. Out: the file with its declarations, and the name there. Undefined for what is not of the tree.
 */
import type { ImportDeclarationSpecifier, Node } from 'oxc-parser';
import { textOf } from './source.ts';
import { pathOf, type Tree } from './tree.ts';

/** One name at the place where it was declared. */
export interface Home {
  readonly path: string;
  /** `*` for the whole file, taken in by `import * as`. */
  readonly name: string;
}

/** What stands at the top of one file. */
interface Module {
  /** The statements that declare a name; several for overloads, and for a type beside a value. */
  readonly declared: ReadonlyMap<string, readonly Node[]>;
  readonly imported: ReadonlyMap<string, Elsewhere>;
  readonly exported: ReadonlyMap<string, Elsewhere>;
}

interface Elsewhere {
  /** Undefined: in this file. */
  readonly from: string | undefined;
  readonly name: string;
}

/** Reads each file once. */
export class Modules {
  private readonly tree: Tree;
  private readonly known = new Map<string, Module>();

  constructor(tree: Tree) {
    this.tree = tree;
  }

  /** Where what `path` exports under this name was declared. */
  homeOfExport(path: string, name: string): Home | undefined {
    const entry = this.moduleAt(path)?.exported.get(name);
    if (entry === undefined) {
      return undefined;
    }
    return entry.from === undefined
      ? this.homeOf(path, entry.name)
      : this.follow(path, entry.from, entry.name);
  }

  /** Where what `path` calls by this name was declared. */
  homeOf(path: string, name: string): Home | undefined {
    const here = this.moduleAt(path);
    if (here?.declared.has(name) === true) {
      return { path, name };
    }
    const entry = here?.imported.get(name);
    return entry?.from === undefined ? undefined : this.follow(path, entry.from, entry.name);
  }

  /** The statements that declare it, with their `export` before them. */
  statementsOf({ path, name }: Home): readonly Node[] {
    return this.moduleAt(path)?.declared.get(name) ?? [];
  }

  private follow(path: string, from: string, name: string): Home | undefined {
    const to = pathOf(path, from);
    if (to === undefined || !this.tree.sources.has(to)) {
      return undefined;
    }
    return name === '*' ? { path: to, name } : this.homeOfExport(to, name);
  }

  private moduleAt(path: string): Module | undefined {
    const source = this.tree.sources.get(path);
    if (source === undefined) {
      return undefined;
    }
    let module = this.known.get(path);
    if (module === undefined) {
      module = readModule(source.program.body);
      this.known.set(path, module);
    }
    return module;
  }
}

function readModule(statements: readonly Node[]): Module {
  const declared = new Map<string, Node[]>();
  const imported = new Map<string, Elsewhere>();
  const exported = new Map<string, Elsewhere>();
  for (const statement of statements) {
    if (statement.type === 'ImportDeclaration') {
      for (const specifier of statement.specifiers) {
        const name = importedBy(specifier);
        imported.set(specifier.local.name, { from: statement.source.value, name });
      }
    } else if (statement.type === 'ExportNamedDeclaration' && statement.declaration === null) {
      const from = textOf(statement.source);
      for (const specifier of statement.specifiers) {
        exported.set(nameIn(specifier.exported), { from, name: nameIn(specifier.local) });
      }
    } else if (statement.type === 'ExportDefaultDeclaration') {
      exported.set('default', { from: undefined, name: nameIn(statement.declaration) });
    } else {
      const isExported = statement.type === 'ExportNamedDeclaration';
      for (const name of namesDeclared(isExported ? statement.declaration! : statement)) {
        declared.set(name, [...(declared.get(name) ?? []), statement]);
        if (isExported) {
          exported.set(name, { from: undefined, name });
        }
      }
    }
  }
  return { declared, imported, exported };
}

function importedBy(specifier: ImportDeclarationSpecifier): string {
  switch (specifier.type) {
    case 'ImportSpecifier':
      return nameIn(specifier.imported);
    case 'ImportNamespaceSpecifier':
      return '*';
    default:
      return 'default';
  }
}

function namesDeclared(node: Node): string[] {
  switch (node.type) {
    case 'VariableDeclaration':
      return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'TSInterfaceDeclaration':
    case 'TSModuleDeclaration':
    case 'TSTypeAliasDeclaration':
      return node.id?.type === 'Identifier' ? [node.id.name] : [];
    default:
      return [];
  }
}

function nameIn(node: Node): string {
  return node.type === 'Identifier' ? node.name : (textOf(node) ?? '');
}
