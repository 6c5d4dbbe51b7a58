/**
 * One channel's keyed state: of each key its latest entry, in the order of the log. It outlives the trimming of the log. Removals stay
 * for a while, so that who was away can be told of them.
 * In: entries that have a key, and the time. Out: stretches of them. Fails: `BROKER_FULL`, before anything was changed, for what has
 * no room.
 */
import { BrokerError } from '../../ports/index.ts';
import type { Link, Publication } from '../../wire/index.ts';
import { type Idle, IdleOrder } from './idle-order.ts';

export interface StateRetention {
  readonly maxKeys: number;
  readonly maxStateBytes: number;
  readonly maxRemovals: number;
  readonly maxRemovalAgeMs: number;
}

interface Value extends Idle<Value> {
  readonly offset: number;
  readonly bytes: number;
  readonly sinceMs: number;
  /** Undefined: another took its place, or it was forgotten. */
  publication: Publication | undefined;
}

const nothing: Link = { offset: 0, id: '' };

export class KeyedValues {
  /** Removals up to this offset may have been forgotten. */
  forgotten = 0;
  /** How many keys have a value. */
  size = 0;
  private readonly retention: StateRetention;
  private readonly byKey = new Map<string, Value>();
  /** By offset; those without a publication are the empty places. */
  private order: Value[] = [];
  private emptyPlaces = 0;
  private readonly removals = new IdleOrder<Value>();
  private removalCount = 0;
  private bytes = 0;

  constructor(retention: StateRetention) {
    this.retention = retention;
  }

  /** Where the value of this key stands; the beginning when it has none. */
  at(key: string): Link {
    const publication = this.byKey.get(key)?.publication;
    return publication === undefined || publication.removed === true
      ? nothing
      : { offset: publication.offset, id: publication.id };
  }

  /** To be asked before `set`, but not of a removal, which always has room. */
  mustHaveRoom(key: string, bytes: number): void {
    const before = this.at(key).offset === 0 ? 0 : this.byKey.get(key)!.bytes;
    const { maxKeys, maxStateBytes } = this.retention;
    const isOneMore = before === 0 && this.size >= maxKeys;
    if (isOneMore || this.bytes - before + bytes > maxStateBytes) {
      throw new BrokerError('BROKER_FULL', 'the state of the channel is full', true);
    }
  }

  /** @param bytes What the entry counts. */
  set(
    key: string,
    publication: Publication,
    { bytes, nowMs }: { readonly bytes: number; readonly nowMs: number },
  ): void {
    this.forget(key);
    const { offset } = publication;
    const value = {
      offset,
      bytes,
      sinceMs: nowMs,
      publication,
      older: undefined,
      newer: undefined,
    };
    this.byKey.set(key, value);
    this.order.push(value);
    if (publication.removed === true) {
      this.removals.add(value);
      this.removalCount += 1;
    } else {
      this.size += 1;
      this.bytes += bytes;
    }
    this.trim(nowMs);
  }

  /** Of each key the latest entry, of those after `afterOffset`; and whether there are more than `limit`. */
  after(afterOffset: number, limit: number): { publications: Publication[]; more: boolean } {
    const publications: Publication[] = [];
    for (let place = this.placeAfter(afterOffset); place < this.order.length; place += 1) {
      const { publication } = this.order[place]!;
      if (publication === undefined) {
        continue;
      }
      if (publications.length >= limit) {
        return { publications, more: true };
      }
      publications.push(publication);
    }
    return { publications, more: false };
  }

  /** Forgets removals that are too many or too old by now. */
  trim(nowMs: number): void {
    const { maxRemovals, maxRemovalAgeMs } = this.retention;
    for (
      let { oldest } = this.removals;
      oldest !== undefined &&
      (this.removalCount > maxRemovals || nowMs - oldest.sinceMs > maxRemovalAgeMs);
      { oldest } = this.removals
    ) {
      this.forgotten = Math.max(this.forgotten, oldest.offset);
      this.forget(oldest.publication!.key!);
    }
    // As in the log: what is kept moves once on average.
    if (this.emptyPlaces * 2 > this.order.length) {
      this.order = this.order.filter(({ publication }) => publication !== undefined);
      this.emptyPlaces = 0;
    }
  }

  private forget(key: string): void {
    const value = this.byKey.get(key);
    if (value === undefined) {
      return;
    }
    if (value.publication!.removed === true) {
      this.removals.remove(value);
      this.removalCount -= 1;
    } else {
      this.size -= 1;
      this.bytes -= value.bytes;
    }
    this.byKey.delete(key);
    value.publication = undefined;
    this.emptyPlaces += 1;
  }

  /** The first place whose offset is larger. */
  private placeAfter(offset: number): number {
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.order[middle]!.offset > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
