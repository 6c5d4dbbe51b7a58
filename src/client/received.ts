/**
 * What applications are given: the nouns of the wire, with each position as one opaque word to keep.
 * Fails: `positionFrom` throws `POSITION_INVALID`.
 */
import {
  at,
  fromText,
  type Gap,
  type GapReason,
  type Position,
  type Publication,
  toText,
} from '../wire/index.ts';
import { ClientError } from './errors.ts';

/** One entry of a channel's log. */
export interface Received {
  readonly data: unknown;
  /** The publisher's word for what this is; undefined when it gave none. */
  readonly event: string | undefined;
  /** Who published it, as the server's policy named the user; undefined for what the server itself published. */
  readonly by: string | undefined;
  /** When the server took it, in milliseconds since 1970. For people: order is what the log says. */
  readonly atMs: number;
  /** Unique for this entry. */
  readonly id: string;
  /** Grows along the log; not by one. */
  readonly offset: number;
  /** Keep it together with the effect of this entry, and go on from there with `since` or `after`. */
  readonly position: string;
}

/** Said to all who follow a channel now, and kept nowhere. */
export interface SignalReceived {
  readonly data: unknown;
  readonly event: string | undefined;
  readonly by: string | undefined;
}

/** Entries are missing, and nothing brings them back. What comes next follows `to`. */
export interface GapEvent {
  readonly reason: GapReason;
  readonly from: string;
  readonly to: string;
}

/** A page of the log. */
export interface Page {
  readonly publications: readonly Received[];
  /** There are more entries after the last one given. */
  readonly more: boolean;
  /** The end of the log when it was read: follow a channel from here, and nothing lies in between. */
  readonly top: string;
  /** `after` is not a place in this log: the page begins at `gap.to`. */
  readonly gap?: GapEvent;
}

/** Which page of a log, and in which direction. */
export interface HistoryQuery {
  /** A position. Without it: the latest entries. */
  readonly after?: string;
  /** Most entries wanted; the server may give fewer. @default 100 */
  readonly limit?: number;
}

export function receivedFrom(epoch: string, publication: Publication): Received {
  const { data, event, by, atMs, id, offset } = publication;
  return { data, event, by, atMs, id, offset, position: toText(at(epoch, publication)) };
}

export function gapFrom({ reason, to }: Gap, from: Position): GapEvent {
  return { reason, from: toText(from), to: toText(to) };
}

export function positionFrom(text: string): Position {
  const position = fromText(text);
  if (position === undefined) {
    throw new ClientError('POSITION_INVALID', 'this is not a position that a server gave');
  }
  return position;
}
