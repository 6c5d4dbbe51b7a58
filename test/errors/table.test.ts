/**
 * The table of codes against what the sources do with them.
 */
import type { Node } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { codeTable } from '../../src/errors/table.ts';
import { AskError } from '../../src/hub/index.ts';
import { disconnectCodes, mayReturn } from '../../src/wire/index.ts';
import { type Source, textOf, walk } from '../../tools/tidy/source.ts';
import { readTree } from '../../tools/tidy/tree.ts';
import { anchorsOf, readPage, root } from '../docs/pages.ts';

const rows = Object.entries(codeTable);
const sources = [...readTree(root).sources.values()].filter(({ path }) => path.startsWith('src/'));

interface Told {
  readonly code: string;
  /** Undefined: it is decided when it happens. */
  readonly retryable: boolean | undefined;
  readonly where: string;
}

/** Where the sources make an error or refuse a request: with which code, and whether they say that it helps to try again. */
function toldIn({ path, program, lineAt }: Source): Told[] {
  const told: Told[] = [];
  walk(program, (node) => {
    const isNew = node.type === 'NewExpression';
    if (!isNew && node.type !== 'CallExpression') {
      return undefined;
    }
    const { callee } = node;
    const name = callee.type === 'Identifier' ? callee.name : '';
    const isMade = isNew && /^(?:Broker|Client|Connection)Error$/.test(name);
    const isRefused =
      callee.type === 'MemberExpression' &&
      callee.property.type === 'Identifier' &&
      callee.property.name === 'refuse';
    const [code, said] = isMade
      ? [node.arguments[0], node.arguments[2]]
      : [node.arguments[1], node.arguments[3]];
    const word = textOf(code);
    if ((isMade || isRefused) && word !== undefined) {
      told.push({ code: word, retryable: saidBy(said), where: `${path}:${lineAt(node.start)}` });
    }
    return undefined;
  });
  return told;
}

function saidBy(node: Node | undefined): boolean | undefined {
  if (node === undefined) {
    return false;
  }
  if (node.type === 'ObjectExpression') {
    const fields = node.properties.flatMap((field) => (field.type === 'Property' ? [field] : []));
    const said = fields.find(({ key }) => key.type === 'Identifier' && key.name === 'retryable');
    const isWhole = fields.length === node.properties.length;
    return said === undefined ? (isWhole ? false : undefined) : saidBy(said.value);
  }
  return node.type === 'Literal' && typeof node.value === 'boolean' ? node.value : undefined;
}

describe('the table of codes', () => {
  it('gives each code a number of its own', () => {
    expect(new Set(rows.map(([, [number]]) => number)).size).toBe(rows.length);
  });

  it('numbers disconnects by their close codes, and nothing else from 4000 to 4999', () => {
    const closing = rows.filter(([, [number]]) => number >= 4000 && number <= 4999);
    const numbers = closing.map(([code, [number]]): [string, number] => [code, number]);
    expect(Object.fromEntries(numbers)).toEqual(disconnectCodes);
  });

  it('says of a disconnect that it helps to come back exactly where clients do', () => {
    for (const [code, [number, retryable]] of rows) {
      if (code in disconnectCodes) {
        const isRight = mayReturn(number) ? retryable === 'yes' : retryable !== 'yes';
        expect(isRight, code).toBe(true);
      }
    }
  });

  it('says of what an asked client may answer what the error says', () => {
    expect(codeTable.SESSION_ENDED[1]).toBe('no');
    expect(new AskError('SESSION_ENDED', '').retryable).toBe(false);
    expect(codeTable.TOO_MANY_REQUESTS[1]).toBe('yes');
    expect(new AskError('TOO_MANY_REQUESTS', '').retryable).toBe(true);
  });

  it('says that what you misused will be wrong the next time too', () => {
    const yours = rows.filter(([, [number]]) => number < 2000);
    expect(yours.filter(([, [, retryable]]) => retryable !== 'no')).toEqual([]);
  });

  it('says whether to try again as the sources do where they tell it', () => {
    const told = sources.flatMap(toldIn);
    const isTold = (code: string): code is keyof typeof codeTable => code in codeTable;
    const other = told.filter(({ code, retryable }) => {
      const said = isTold(code) ? codeTable[code][1] : 'no such code';
      return said !== 'as told' && retryable !== undefined && said !== (retryable ? 'yes' : 'no');
    });
    expect(told.length).toBeGreaterThan(50);
    expect(other).toEqual([]);
  });

  it('leads to paragraphs that are there', () => {
    const anchors = new Set(anchorsOf(readPage('docs/3-reference/errors.md')));
    expect(rows.filter(([code]) => !anchors.has(code.toLowerCase()))).toEqual([]);
  });
});
