/**
 * A declaration as its users need it: without bodies, without what is private, as it stands in the source otherwise.
 * In: the statements that declare one name, and the text of their file. Out: TypeScript to read, and its kind. Fails never: a statement of
 * a form that is not known here is given whole.
 */
import type { ClassElement, Node } from 'oxc-parser';
import { walk } from '../tidy/source.ts';

export const kinds = ['function', 'class', 'namespace', 'const', 'interface', 'type'] as const;
export type Kind = (typeof kinds)[number];

/** Values with more lines than this are left out, and their type says what they are. */
const longestValue = 16;

/** What is written: the text, and the nodes that it was made of, where types that it names are found. */
export interface Signature {
  readonly kind: Kind;
  readonly text: string;
  readonly shown: readonly Node[];
}

export function signatureOf(statements: readonly Node[], name: string, text: string): Signature {
  const declarations = statements.map(declarationIn);
  const overloads = declarations.filter(({ type }) => type === 'TSDeclareFunction');
  const parts = (overloads.length > 0 ? overloads : declarations).map((node) =>
    written(node, name, text),
  );
  return {
    kind: kindOf(declarations[0]),
    text: parts.map((part) => tidied(part.text)).join('\n'),
    shown: parts.flatMap(({ shown }) => shown),
  };
}

interface Written {
  readonly text: string;
  readonly shown: readonly Node[];
}

function declarationIn(statement: Node): Node {
  return statement.type === 'ExportNamedDeclaration' && statement.declaration !== null
    ? statement.declaration
    : statement;
}

function kindOf(node: Node | undefined): Kind {
  switch (node?.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return 'function';
    case 'ClassDeclaration':
      return 'class';
    case 'TSInterfaceDeclaration':
      return 'interface';
    case 'TSModuleDeclaration':
      return 'namespace';
    case 'VariableDeclaration':
      return node.declarations[0]?.init?.type === 'ArrowFunctionExpression' ? 'function' : 'const';
    default:
      return 'type';
  }
}

function written(node: Node, name: string, text: string): Written {
  const whole = text.slice(node.start, node.end);
  switch (node.type) {
    case 'FunctionDeclaration':
      return {
        text: `${text.slice(node.start, node.body?.start).trimEnd()};`,
        shown: [...node.params, ...present(node.typeParameters, node.returnType)],
      };
    case 'ClassDeclaration': {
      const members = membersOf(node.body.body, text);
      const head = text.slice(node.start, node.body.start).trimEnd();
      return {
        text: `${head} {\n${members.map((member) => memberText(member, text)).join('\n')}\n}`,
        shown: [
          ...present(node.typeParameters, node.superClass, node.superTypeArguments),
          ...(node.implements ?? []),
          ...members.flatMap(signatureParts),
        ],
      };
    }
    case 'VariableDeclaration':
      return variable(node, name, text);
    default:
      return { text: whole, shown: [node] };
  }
}

function variable(
  node: Extract<Node, { type: 'VariableDeclaration' }>,
  name: string,
  text: string,
): Written {
  const found = node.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name);
  if (found === undefined || found.init === null) {
    return { text: text.slice(node.start, node.end), shown: [node] };
  }
  const { id, init } = found;
  const hasType = id.type === 'Identifier' && (id.typeAnnotation ?? null) !== null;
  if (init.type === 'ArrowFunctionExpression' && !hasType) {
    const head = text.slice(init.start, init.body.start).replace(/\s*=>\s*$/, '');
    const mark = init.async ? 'async ' : '';
    const shown = [...init.params, ...present(init.typeParameters, init.returnType)];
    return { text: `${mark}function ${name}${head.replace(/^async\s*/, '')};`, shown };
  }
  const value = text.slice(init.start, init.end);
  const isShown = isPlain(init) && value.split('\n').length <= longestValue;
  const left = text.slice(id.start, id.end);
  return {
    text: isShown || !hasType ? `const ${left} = ${value};` : `const ${left};`,
    shown: [id],
  };
}

/** Numbers, words and what is made of them: a value that says more than its type. */
function isPlain(init: Node): boolean {
  let plain = true;
  walk(init, (node) => {
    plain &&= !/Function|Call|New|Class|Await|Spread|Conditional|Logical|^TSAs/.test(node.type);
    return plain;
  });
  return plain;
}

/** What a user of the class can reach; of overloads those that can be called. */
function membersOf(members: readonly ClassElement[], text: string): ClassElement[] {
  const overloaded = new Set(members.filter(isOverload).map(keyOf));
  return members.filter(
    (member) =>
      !isHidden(member) &&
      !text.slice(withComment(member.start, text), member.start).includes('@internal') &&
      (isOverload(member) || !(isMethod(member) && overloaded.has(keyOf(member)))),
  );
}

function isMethod(member: ClassElement): boolean {
  return member.type === 'MethodDefinition';
}

function isOverload(member: ClassElement): boolean {
  return member.type === 'MethodDefinition' && member.value.body === null;
}

function keyOf(member: ClassElement): string {
  const isNamed = 'key' in member && member.key.type === 'Identifier' && !member.computed;
  return isNamed ? (member.key as { readonly name: string }).name : '';
}

function isHidden(member: ClassElement): boolean {
  if (member.type === 'StaticBlock') {
    return true;
  }
  if (!('key' in member)) {
    return false;
  }
  // A computed name that is no well-known symbol is one that only this file has.
  const isOwnSymbol = member.computed && member.key.type === 'Identifier';
  return (
    member.accessibility === 'private' || member.key.type === 'PrivateIdentifier' || isOwnSymbol
  );
}

/** With the comment above it. */
function memberText(member: ClassElement, text: string): string {
  const from = withComment(member.start, text);
  if (member.type === 'MethodDefinition' && member.value.body !== null) {
    return `${text.slice(from, member.value.body.start).trimEnd()};`;
  }
  if (member.type === 'PropertyDefinition' && member.value !== null) {
    const type = member.typeAnnotation ?? null;
    const value = text.slice(member.value.start, member.value.end);
    const end = type === null || isPlain(member.value) ? member.value.end : type.end;
    return value.includes('\n') && type !== null
      ? `${text.slice(from, type.end)};`
      : `${text.slice(from, end)};`;
  }
  return text.slice(from, member.end);
}

/** Where the line begins on which the comment right above begins, or the member itself. */
function withComment(start: number, text: string): number {
  const before = text.slice(0, start);
  const [comment = ''] = /(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?$/.exec(before) ?? [];
  const at = start - comment.length;
  return at - (/[^\S\n]*$/.exec(text.slice(0, at))?.[0].length ?? 0);
}

function signatureParts(member: ClassElement): Node[] {
  if (member.type === 'MethodDefinition') {
    const { params, typeParameters, returnType } = member.value;
    return [...params, ...present(typeParameters, returnType)];
  }
  if (member.type === 'PropertyDefinition') {
    return present(member.typeAnnotation);
  }
  return [member];
}

function present(...nodes: readonly (Node | null | undefined)[]): Node[] {
  return nodes.filter((node): node is Node => node !== null && node !== undefined);
}

/** Without what is said to tools. */
function tidied(text: string): string {
  return text
    .replaceAll(/^[^\S\n]*\/\/ (?:biome|oxlint|@ts)-[^\n]*\n/gm, '')
    .replaceAll(/\/\* @__PURE__ \*\/ /g, '');
}
