/**
 * The table of codes against what the sources do with them.
 */
import { describe, expect, it } from 'vitest';
import { codeTable } from '../../src/errors/table.ts';
import { AskError } from '../../src/hub/index.ts';
import { disconnectCodes, mayReturn } from '../../src/wire/index.ts';
import { anchorsOf, readPage } from '../docs/pages.ts';

const rows = Object.entries(codeTable);

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

  it('leads to paragraphs that are there', () => {
    const anchors = new Set(anchorsOf(readPage('docs/3-reference/errors.md')));
    expect(rows.filter(([code]) => !anchors.has(code.toLowerCase()))).toEqual([]);
  });
});
