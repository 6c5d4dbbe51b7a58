/**
 * What is generated is what the generator would write now.
 */
import { describe, expect, it } from 'vitest';
import { generated, leftOver } from '../../tools/reference.ts';
import { readTree } from '../../tools/tidy/tree.ts';
import { anchorsOf, root } from '../docs/pages.ts';

const tree = readTree(root);
const files = generated(tree);

describe('generated files', () => {
  it.each([...files.keys()])('%s is up to date: else run `npm run reference`', (path) => {
    expect(tree.texts.get(path)).toBe(files.get(path));
  });

  it('are there for doors that are there, and for no others', () => {
    expect(leftOver(tree)).toEqual([]);
  });

  it('give each heading of a page an anchor of its own', () => {
    for (const [path, text] of files) {
      const anchors = path.endsWith('.md') ? anchorsOf({ path, text }) : [];
      expect(anchors.length, path).toBe(new Set(anchors).size);
    }
  });
});
