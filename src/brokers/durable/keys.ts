/**
 * Where everything stands in the store. Each life of a channel has a number, so that what is left of a former one is never taken for
 * that of the present; names stand last, as JSON, which writes any two strings differently in UTF-8 too.
 * In: numbers and names. Out: keys, ASCII wherever their order matters. Cannot fail.
 *
 * | Key | Holds |
 * |---|---|
 * | `m!format` | That the store is ours, and its version |
 * | `m!counts` | How many channels and claims there are, the next number, the next epoch |
 * | `c!name` | A channel: its number, epoch, top and what it keeps |
 * | `n!number` | The name of the channel that has, or had, this number |
 * | `e!number!offset` | An entry |
 * | `v!number!offset` | An entry that is the latest of its key |
 * | `k!number!key` | Where the latest entry of a key stands |
 * | `t!number!turn` | A removed key, in the order of removal |
 * | `p!number!producer` | A producer: its epoch and last number |
 * | `a!number!seq!producer` | The answer that was given to a number |
 * | `l!claim` | A claim |
 */

/** Every safe integer in as many digits, so that text sorts like numbers. */
function digits(number: number): string {
  return number.toString(16).padStart(14, '0');
}

export const formatKey = 'm!format';
export const countsKey = 'm!counts';

export function channelKey(name: string): string {
  return `c!${JSON.stringify(name)}`;
}

export function isChannelKey(key: string): boolean {
  return key.startsWith('c!');
}

export function numberKey(number: number): string {
  return `n!${digits(number)}`;
}

/** The number in a key of one of the kinds that begin with one. */
export function numberIn(key: string): number {
  return Number.parseInt(key.slice(2, 16), 16);
}

export function entryKey(number: number, offset: number): string {
  return `e!${digits(number)}!${digits(offset)}`;
}

export function valueKey(number: number, offset: number): string {
  return `v!${digits(number)}!${digits(offset)}`;
}

export function stateKey(number: number, key: string): string {
  return `k!${digits(number)}!${JSON.stringify(key)}`;
}

export function removalKey(number: number, turn: number): string {
  return `t!${digits(number)}!${digits(turn)}`;
}

export function producerKey(number: number, producer: string): string {
  return `p!${digits(number)}!${JSON.stringify(producer)}`;
}

export function answerKey(number: number, producer: string, seq: number): string {
  return `a!${digits(number)}!${digits(seq)}!${JSON.stringify(producer)}`;
}

export function claimKey(key: string): string {
  return `l!${JSON.stringify(key)}`;
}

/** All keys of one kind: `"` is what comes after `!`. */
export function kindRange(kind: string): { readonly gte: string; readonly lt: string } {
  return { gte: `${kind}!`, lt: `${kind}"` };
}

/** All keys of one kind that belong to the channel with this number. */
export function numberRange(
  kind: string,
  number: number,
): { readonly gte: string; readonly lt: string } {
  return { gte: `${kind}!${digits(number)}!`, lt: `${kind}!${digits(number)}"` };
}

/** The kinds that belong to one life of a channel. */
export const kindsOfChannel: readonly string[] = ['e', 'v', 'k', 't', 'p', 'a'];
