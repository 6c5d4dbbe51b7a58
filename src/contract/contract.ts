/**
 * A contract: what is said in the channels of an application, written once for both ends.
 * In: patterns of channels, and schemas of any library. Out: the same as data, with the patterns parsed. Fails: CONTRACT_INVALID, as a
 * ContractError.
 */

import { ContractError } from '../ground/contract-error.ts';
import { type Pattern, parsePattern } from '../ground/pattern.ts';
import { checkShape } from './check-shape.ts';
import { addPattern, emptyTree, type PatternTree } from './pattern-tree.ts';
import type { ContractShape, Strict } from './shape.ts';
import { validate } from './validate.ts';

/** Data, made by `contract`. Both ends take its type; a server needs the value too. */
export interface Contract<Shape extends ContractShape = ContractShape> {
  /** As it was written. */
  readonly shape: Shape;
  /** Its patterns, parsed, in the order in which they were written. */
  readonly patterns: readonly Pattern[];
  /** The same, to be found by name. */
  readonly tree: PatternTree;
  /** The function of the same name: whoever is given a contract can validate by it, and who is given none carries no validation. */
  readonly validate: typeof validate;
}

/**
 * Describes the channels of an application. Nothing is opened by it.
 *
 * @throws {ContractError} `CONTRACT_INVALID`: a pattern is none, two patterns could name one channel, a field is unknown or no schema, or a name is
 * reserved or too long.
 */
export function contract<const Shape extends ContractShape>(
  shape: Shape & Strict<Shape>,
): Contract<Shape> {
  checkShape(shape);
  const patterns = Object.keys(shape.channels).map(parsePattern);
  const tree = emptyTree();
  for (const pattern of patterns) {
    const other = addPattern(tree, pattern);
    if (other !== undefined) {
      const both = `"${other.text}" and "${pattern.text}"`;
      throw new ContractError('CONTRACT_INVALID', `${both} could name the same channel`);
    }
  }
  return { shape, patterns, tree, validate };
}
