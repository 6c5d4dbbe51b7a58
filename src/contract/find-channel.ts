/**
 * What a contract says of one channel.
 * In: a contract, and names from anywhere. Out: the pattern, the parameters and what stands under a name. Cannot fail: undefined.
 */
import type { Contract } from './contract.ts';
import type { PatternOf } from './infer.ts';
import { findPattern } from './pattern-tree.ts';
import type { ChannelShape } from './shape.ts';

/** Keyed state, a log, or neither: signals only. */
export type ChannelKind = 'log' | 'signals' | 'state';

/** What a contract says of one channel. */
export interface FoundChannel<P extends string = string> {
  readonly pattern: P;
  /** Decoded, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly channel: ChannelShape;
  readonly kind: ChannelKind;
}

/** What the contract says of the channel of this name, which may come from anywhere. Undefined: it has no such channel. */
export function findChannel<C extends Contract>(
  { shape, tree }: C,
  name: string,
): FoundChannel<PatternOf<C>> | undefined {
  const found = findPattern(tree, name);
  if (found === undefined) {
    return undefined;
  }
  const pattern = found.pattern.text as PatternOf<C>;
  const channel = shape.channels[pattern]!;
  return { pattern, params: found.params, channel, kind: kindOf(channel) };
}

/** `state`: keyed state. Else `events` or `history`: a log. Else signals are all there is. */
export function kindOf({ state, events, history }: ChannelShape): ChannelKind {
  if (state !== undefined) {
    return 'state';
  }
  return events !== undefined || history !== undefined ? 'log' : 'signals';
}

/** What stands under a name that a peer gave: never what every object has, such as `constructor`. */
export function named<Of>(
  table: Readonly<Record<string, Of>> | undefined,
  name: string,
): Of | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
