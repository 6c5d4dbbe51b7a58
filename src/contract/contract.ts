/**
 * A contract: what is said in the channels of an application, written once for both ends.
 * In: patterns of channels, and schemas of any library. Out: the same as data, with the patterns parsed.
 */
import type { ContractShape, Strict } from './shape.ts';

export interface Contract<Shape extends ContractShape = ContractShape> {
  /** As it was written. */
  readonly shape: Shape;
}

export function contract<const Shape extends ContractShape>(
  shape: Shape & Strict<Shape>,
): Contract<Shape> {
  return { shape };
}
