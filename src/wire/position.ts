/**
 * Positions and the chain of entries: what follows what. Both ends use the same rules.
 * In: a position and an entry. Out: how they stand to each other. Cannot fail.
 */
import type { Link, Position, Publication } from './vocabulary.ts';

/** Most characters of an epoch, and of an id. Neither holds a colon, so that `toText` can be undone. */
export const maxEpochLength = 64;
/** Most characters of the id of an entry. */
export const maxIdLength = 64;

/** Where a log begins, before its first entry. */
export function beginning(epoch: string): Position {
  return { epoch, offset: 0, id: '' };
}

/** The place of a link in the log of `epoch`. */
export function at(epoch: string, { offset, id }: Link): Position {
  return { epoch, offset, id };
}

/** Whether both are the same entry of one log. */
export function sameEntry(one: Link, other: Link): boolean {
  return one.offset === other.offset && one.id === other.id;
}

/** Whether both are the same entry of the same log. */
export function samePosition(one: Position, other: Position): boolean {
  return one.epoch === other.epoch && sameEntry(one, other);
}

/**
 * How an entry stands to the last one that was seen, in the same epoch:
 * `next` links to it; `seen` came before or is it; `hole` has others in between; `diverged` says that another entry stands
 * where ours stood.
 */
export type Standing = 'next' | 'seen' | 'hole' | 'diverged';

/** Where `entry` stands for a reader whose latest is `last`, in one epoch. */
export function standing(last: Link, entry: Publication): Standing {
  if (sameEntry(entry.prev, last)) {
    return 'next';
  }
  if (entry.offset === last.offset) {
    return entry.id === last.id ? 'seen' : 'diverged';
  }
  if (entry.offset < last.offset) {
    return 'seen';
  }
  return entry.prev.offset > last.offset ? 'hole' : 'diverged';
}

/** One opaque word, for applications to keep. */
export function toText({ epoch, offset, id }: Position): string {
  return `${epoch}:${offset}:${id}`;
}

/** The position that `toText` wrote, or undefined: whatever is refused here a hub would refuse too. */
export function fromText(text: string): Position | undefined {
  const parts = text.split(':', 4);
  const [epoch = '', digits = '', id = ''] = parts;
  const offset = /^(?:0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
  const isEntry = offset > 0 && id !== '' && id.length <= maxIdLength;
  const isBeginning = offset === 0 && id === '';
  const hasEpoch = epoch !== '' && epoch.length <= maxEpochLength;
  return parts.length === 3 && hasEpoch && Number.isSafeInteger(offset) && (isEntry || isBeginning)
    ? { epoch, offset, id }
    : undefined;
}
