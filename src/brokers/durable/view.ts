/**
 * The store as one step of the ledger sees it: what the steps before it in the same group have written, and its own on top.
 * In: records and entries. Out: the same; and, when the step has done well, its writes for the group. Fails: as the store does.
 */
import {
  type Entry,
  type Found,
  none,
  openEntry,
  openRecord,
  sealEntry,
  sealRecord,
} from './records.ts';

/** Undefined sealed bytes: the key is removed. */
export interface Write {
  readonly sealed: Uint8Array | undefined;
  /** Of records only: what reading it would give. */
  readonly found: Found<unknown> | undefined;
}

export type Writes = Map<string, Write>;

/** What is below all steps. */
export interface Below {
  /** A record that is known without asking the store. */
  known(key: string): Found<unknown> | undefined;
  read(key: string): Promise<Uint8Array | undefined>;
}

export class View {
  private readonly below: Below;
  private readonly group: Writes;
  readonly own: Writes = new Map();
  /** What was read: known to others only when the step has done well, and may have mended it. */
  readonly learned: Writes = new Map();

  constructor(below: Below, group: Writes) {
    this.below = below;
    this.group = group;
  }

  /** Whether the record was read or written before, in this life of the engine, and need not be doubted again. */
  knows(key: string): boolean {
    return this.written(key) !== undefined || this.below.known(key) !== undefined;
  }

  async get<Value>(key: string): Promise<Found<Value>> {
    const known = (this.written(key) ?? this.learned.get(key))?.found ?? this.below.known(key);
    if (known !== undefined) {
      return known as Found<Value>;
    }
    const sealed = await this.below.read(key);
    const found = openRecord<Value>(key, sealed);
    this.learned.set(key, { sealed, found });
    return found;
  }

  /** Records are never changed in place: who changes one puts another. */
  put(key: string, record: object): void {
    this.own.set(key, {
      sealed: sealRecord(key, record),
      found: { is: 'good', value: record },
    });
  }

  async entry(key: string): Promise<{ readonly found: Found<Entry>; readonly bytes: number }> {
    const written = this.written(key);
    const sealed = written === undefined ? await this.below.read(key) : written.sealed;
    return { found: openEntry(key, sealed), bytes: sealed?.length ?? 0 };
  }

  /** Gives how many bytes it takes. */
  putEntry(key: string, entry: Entry): number {
    const sealed = sealEntry(key, entry);
    this.own.set(key, { sealed, found: undefined });
    return sealed.length;
  }

  remove(key: string): void {
    this.own.set(key, { sealed: undefined, found: none });
  }

  private written(key: string): Write | undefined {
    return this.own.get(key) ?? this.group.get(key);
  }
}
