/**
 * What was read or written of late, up to a number of bytes: two generations, the older of which is dropped whole.
 * In: what was found at keys, and how much it holds. Out: the same, or undefined. Cannot fail.
 */
import type { Found } from './records.ts';

/** What a kept record costs beyond its text. */
const chargeBytes = 100;

export class RecordCache {
  private readonly maxBytes: number;
  private young = new Map<string, Found<unknown>>();
  private old = new Map<string, Found<unknown>>();
  private youngBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(key: string): Found<unknown> | undefined {
    return this.young.get(key) ?? this.old.get(key);
  }

  /** @param bytes How long its text is. */
  set(key: string, found: Found<unknown>, bytes: number): void {
    this.young.set(key, found);
    // What is set again is counted again: a generation ends somewhat sooner, never later.
    this.youngBytes += bytes + key.length + chargeBytes;
    if (this.youngBytes * 2 > this.maxBytes) {
      this.old = this.young;
      this.young = new Map();
      this.youngBytes = 0;
    }
  }

  delete(key: string): void {
    this.young.delete(key);
    this.old.delete(key);
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
    this.youngBytes = 0;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}
