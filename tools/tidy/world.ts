/**
 * Time, chance and the world are arguments. Rooms without Node read no clock, start no timer, roll no dice.
 * In: the tree. Out: a finding for each such name, wherever it stands for a value. The compiler does not refuse
 * `Date.now()` and `Math.random()`, because they are part of the language.
 */
import type { Node } from 'oxc-parser';
import type { Finding } from './finding.ts';
import { roomOf } from './floors.ts';
import { textOf, walk } from './source.ts';
import type { Tree } from './tree.ts';

const timeAndChance: ReadonlySet<string> = new Set([
  'AbortSignal.timeout',
  'Date',
  'Date.now',
  'Math.random',
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'performance',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);
const machine: ReadonlySet<string> = new Set(['Buffer', 'global', 'process', 'require']);

/** Objects of the language that are harmless but for one part. */
const harmlessBut: Readonly<Record<string, readonly string[]>> = {
  AbortSignal: ['timeout'],
  Date: ['now'],
  Math: ['random'],
};

/** The only nodes of types that have values below them. */
const transparent: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSExportAssignment',
  'TSInstantiationExpression',
  'TSModuleBlock',
  'TSModuleDeclaration',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
]);

export function world(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const { path, program, lineAt } of tree.sources.values()) {
    const room = roomOf(path);
    if (room === undefined || room.knowsNode) {
      continue;
    }
    const tell = (node: Node, name: string): void => {
      if (machine.has(name) || (timeAndChance.has(name) && path !== room.clock)) {
        findings.push({
          check: 'world',
          file: path,
          line: lineAt(node.start),
          wrong: `${name} in ${room.name}`,
          todo: 'Take a clock, random numbers or the world as an argument.',
        });
      }
    };
    walk(program, (node, parent) => {
      if (node.type.startsWith('TS') && !transparent.has(node.type)) {
        return false;
      }
      if (node.type === 'Identifier' && !isOnlyAName(node, parent)) {
        tell(node, nameMeant(node.name, node, parent));
      } else if (node.type === 'MemberExpression' && isGlobalThis(node.object)) {
        tell(node, partOf(node) ?? 'global');
      }
      return undefined;
    });
  }
  return findings;
}

/** `Math` in `Math.max` is harmless and gives ``; `Math` in `Math.random`, or alone, gives `Math.random`. */
function nameMeant(name: string, node: Node, parent: Node | undefined): string {
  const risky = Object.hasOwn(harmlessBut, name) ? harmlessBut[name]! : undefined;
  if (risky === undefined) {
    return name;
  }
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    const part = partOf(parent);
    return part !== undefined && !risky.includes(part) ? '' : `${name}.${risky[0]}`;
  }
  if (name === 'Date' && parent?.type === 'NewExpression') {
    return parent.arguments.length > 0 ? '' : name;
  }
  const isTest = parent?.type === 'BinaryExpression' && parent.operator === 'instanceof';
  return isTest ? '' : `${name}.${risky[0]}`;
}

function partOf(node: Extract<Node, { type: 'MemberExpression' }>): string | undefined {
  const { property } = node;
  if (!node.computed) {
    return property.type === 'Identifier' ? property.name : '';
  }
  return textOf(property);
}

function isGlobalThis(node: Node): boolean {
  return node.type === 'Identifier' && node.name === 'globalThis';
}

/** Whether the identifier names a part of something, not a value that is in reach here. */
function isOnlyAName(node: Node, parent: Node | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.property === node && !parent.computed;
    case 'AccessorProperty':
    case 'MethodDefinition':
    case 'Property':
    case 'PropertyDefinition':
      return parent.key === node && !parent.computed;
    case 'ImportSpecifier':
      return parent.local !== node;
    case 'ExportSpecifier':
      return parent.local !== node;
    default:
      return false;
  }
}
