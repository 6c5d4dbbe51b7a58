/**
 * One channel's entries: numbered from 1 without holes, each linked to the one before, the oldest leaving when there are too many or
 * when they are too old.
 * In: publications, and the time. Out: entries, and stretches of them. Cannot fail.
 */
import type { NewPublication, Retain } from '../../ports/index.ts';
import type { Link, Publication } from '../../wire/index.ts';

export interface Retention {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

interface Kept {
  readonly publication: Publication;
  readonly bytes: number;
  readonly sinceMs: number;
}

/** What is said of an entry beside its content. */
export interface AppendedBy {
  /** What it counts. */
  readonly bytes: number;
  readonly nowMs: number;
  readonly retain?: Retain | undefined;
}

export class MemoryLog {
  readonly epoch: string;
  /** The last entry, kept beside the entries: it stays known when they are gone. */
  top: Link = { offset: 0, id: '' };
  private readonly retention: Retention;
  /** What the latest append said of that. */
  private retain: Retain = {};
  /** Offsets have no holes, so the place of an entry follows from its offset. Places before `first` are empty. */
  private kept: (Kept | undefined)[] = [];
  private first = 0;
  private bytes = 0;

  constructor(epoch: string, retention: Retention) {
    this.epoch = epoch;
    this.retention = retention;
  }

  append(entry: NewPublication, { bytes, nowMs, retain = {} }: AppendedBy): Publication {
    this.retain = retain;
    const offset = this.top.offset + 1;
    const publication = { ...entry, offset, prev: this.top };
    this.kept.push({ publication, bytes, sinceMs: nowMs });
    this.bytes += bytes;
    this.top = { offset, id: entry.id };
    this.trim(nowMs);
    return publication;
  }

  /** The entries from `fromOffset` on, that one included. */
  from(fromOffset: number, limit: number): readonly Publication[] {
    const oldest = this.top.offset - this.size + 1;
    return this.slice(this.first + Math.max(0, fromOffset - oldest), limit);
  }

  /** The last entries, oldest first. */
  latest(limit: number): readonly Publication[] {
    return this.slice(this.kept.length - Math.min(limit, this.size), limit);
  }

  /** Lets go of what is too much or too old by now. */
  trim(nowMs: number): void {
    while (this.size > 0 && (this.isTooMuch() || this.isTooOld(nowMs))) {
      this.bytes -= this.kept[this.first]!.bytes;
      this.kept[this.first] = undefined;
      this.first += 1;
    }
    // The empty places go when they are half of all, so that an entry is moved once on average, not at every append.
    if (this.first * 2 > this.kept.length) {
      this.kept = this.kept.slice(this.first);
      this.first = 0;
    }
  }

  private get size(): number {
    return this.kept.length - this.first;
  }

  private slice(start: number, limit: number): readonly Publication[] {
    return this.kept.slice(start, start + Math.max(0, limit)).map((kept) => kept!.publication);
  }

  /** The newest entry stays, whatever its size: a log that forgot what it was just told would be of no use. */
  private isTooMuch(): boolean {
    const { maxEntries, maxBytes } = this.retention;
    const { entries = maxEntries } = this.retain;
    return this.size > 1 && (this.size > Math.min(entries, maxEntries) || this.bytes > maxBytes);
  }

  private isTooOld(nowMs: number): boolean {
    const { maxAgeMs } = this.retention;
    const { ageMs = maxAgeMs } = this.retain;
    return nowMs - this.kept[this.first]!.sinceMs > Math.min(ageMs, maxAgeMs);
  }
}
