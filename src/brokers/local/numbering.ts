/**
 * What engines have in common: how the number of a publication stands to what is recorded of its producer (docs/1-learn/guarantees.md). Where
 * the record is kept is the engine's own business.
 * In: a producer, and its record. Out: what is to be answered, or what is to be done. Fails: a RangeError for a producer that cannot be.
 */
import type { Appended, Producer } from '../../ports/index.ts';
import type { Position } from '../../wire/index.ts';

export const maxProducerName = 128;
export const maxProducerHash = 64;

/** How far a producer has come in one channel. */
export interface Numbered {
  readonly epoch: number;
  readonly last: number;
}

/** What is kept for one number. */
export interface KeptAnswer {
  readonly hash: string;
  readonly position: Position;
}

/** @throws {RangeError} */
export function mustBeProducer({ name, epoch, first = 1, seq, hash }: Producer): void {
  const isRight =
    name.length <= maxProducerName &&
    hash.length <= maxProducerHash &&
    Number.isSafeInteger(epoch) &&
    Number.isSafeInteger(first) &&
    Number.isSafeInteger(seq) &&
    seq >= 1;
  if (!isRight) {
    throw new RangeError('the producer has a name or hash that is too long, or no numbers');
  }
}

/**
 * `next`: it is the one to be appended. `again`: it was appended, and is answered by what is kept for it. Whatever else it is, it is the
 * answer. Unless it is `fenced`, a higher epoch is to be recorded: the holder before is fenced from now on, whatever becomes of the number.
 */
export function judgeNumber(
  { epoch, first = 1, seq }: Producer,
  known: Numbered | undefined,
): Appended | 'next' | 'again' {
  if (known === undefined) {
    return seq === first ? 'next' : { outcome: 'unknown' };
  }
  if (epoch < known.epoch) {
    return { outcome: 'fenced', epoch: known.epoch };
  }
  if (seq <= known.last) {
    return 'again';
  }
  const isNext = seq === known.last + 1 || seq === first;
  return isNext ? 'next' : { outcome: 'outOfSequence', last: known.last };
}

/** To a number that was appended: where it stands, if it is the same publication and its answer is still kept. */
export function answerAgain({ hash }: Producer, kept: KeptAnswer | undefined): Appended {
  if (kept === undefined) {
    return { outcome: 'unknown' };
  }
  return kept.hash === hash
    ? { outcome: 'appended', position: kept.position, duplicate: true }
    : { outcome: 'reused' };
}
