import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addPattern, emptyTree, findPattern } from '../../src/contract/pattern-tree.ts';
import { channelName, parsePattern } from '../../src/ground/pattern.ts';
import { aPattern, someParams } from '../ground/pattern-samples.ts';

function treeOf(...patterns: readonly string[]) {
  const tree = emptyTree();
  const refused = patterns.filter((text) => addPattern(tree, parsePattern(text)) !== undefined);
  return { tree, refused };
}

describe('patterns together', () => {
  it.each([
    ['the same', 'a/:x', 'a/:x'],
    ['the same with another name', 'a/:x', 'a/:y'],
    ['a literal where the other has a parameter', ':x', 'lobby'],
    ['each a literal where the other has a parameter', 'a/:x', ':y/b'],
    ['the same after a parameter and a literal', ':x/:y/c', 'a/b/:z'],
  ])('%s: they cannot be told apart, in whichever order they come', (_, first, second) => {
    expect(treeOf(first, second).refused).toEqual([second]);
    expect(treeOf(second, first).refused).toEqual([first]);
  });

  it.each([
    ['another length', ['a', 'a/:x', 'a/:x/:y', 'a/:x/:y/c']],
    ['another literal', ['a/:x', 'b/:x', 'c/d', 'c/e']],
    ['another literal after a parameter', [':x/a', ':y/b', 'a/c']],
  ])('%s tells them apart', (_, patterns) => {
    const { tree, refused } = treeOf(...patterns);
    expect(refused).toEqual([]);
    for (const text of patterns) {
      const params = Object.fromEntries(
        parsePattern(text).params.map((name) => [name, `1${name}`]),
      );
      const found = findPattern(tree, channelName(text, params));
      expect(found).toEqual({ pattern: parsePattern(text), params });
    }
  });

  it('a way that leads nowhere is left for the one that does', () => {
    const { tree } = treeOf('a/c', ':x/b');
    expect(findPattern(tree, 'a/b')).toEqual({ pattern: parsePattern(':x/b'), params: { x: 'a' } });
  });

  it.each([
    '',
    'chat',
    'chat/',
    'chat/a/b',
    '/chat/a',
    'chat/=41',
    'chat/é',
    'chat/~',
    '~inbox',
    'x/y',
  ])('%j is the name of none', (name) => {
    const { tree } = treeOf('chat/:room', ':solo/x/y');
    expect(findPattern(tree, name)).toBeUndefined();
  });

  it('a name has 192 characters at the most', () => {
    const { tree } = treeOf(':x');
    expect(findPattern(tree, 'x'.repeat(192))?.params).toEqual({ x: 'x'.repeat(192) });
    expect(findPattern(tree, 'x'.repeat(193))).toBeUndefined();
  });

  it('each name leads back to its pattern and its parameters, among any others', () => {
    fc.assert(
      fc.property(fc.array(aPattern, { maxLength: 8 }), someParams, (patterns, values) => {
        const { tree, refused } = treeOf(...patterns);
        for (const text of patterns.filter((pattern) => !refused.includes(pattern))) {
          const names = parsePattern(text).params;
          const params = Object.fromEntries(names.map((name, at) => [name, values[at]!]));
          const found = findPattern(tree, channelName(text, params));
          expect(found?.pattern.text).toBe(text);
          expect(found?.params).toEqual(params);
        }
      }),
    );
  });

  it('whatever is found, its parameters give the same name', () => {
    const { tree } = treeOf(':a/:b', 'a/:b/c', 'x', '0/:c/:d/e');
    const segment = fc.string({ unit: fc.constantFrom(...'ax0=41/Ce~é'.split('')), maxLength: 12 });
    fc.assert(
      fc.property(segment, (name) => {
        const found = findPattern(tree, name);
        if (found !== undefined) {
          expect(channelName(found.pattern.text, found.params)).toBe(name);
        }
      }),
    );
  });
});
