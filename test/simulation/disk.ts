/**
 * What one client keeps while its processes come and go. Writes take time, and keep their order; when the process dies, those that were under way
 * are kept up to one of them.
 * In: records. Out: the same, later. Cannot fail.
 */
import type { ClientLocks, ClientStorage } from '../../src/client/storage/index.ts';
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';

interface Write {
  readonly apply: () => void;
  readonly resolve: () => void;
}

export class Disk implements ClientStorage {
  private readonly records = new Map<string, unknown>();
  private readonly time: Time;
  private readonly chance: Chance;
  private readonly change: (record: unknown) => unknown;
  private writes: Write[] = [];
  private lastMs = 0;

  /** @param change What becomes of a record on the way to the disk: nothing, unless a build is to be broken. */
  constructor(time: Time, chance: Chance, change: (record: unknown) => unknown) {
    this.time = time;
    this.chance = chance;
    this.change = change;
  }

  get(key: string): Promise<unknown> {
    return new Promise((resolve) => {
      this.time.after(this.chance.between(0, 20), () => resolve(copyOf(this.records.get(key))));
    });
  }

  put(key: string, value: unknown): Promise<void> {
    const copy = this.change(copyOf(value));
    return this.write(() => this.records.set(key, copy));
  }

  delete(key: string): Promise<void> {
    return this.write(() => this.records.delete(key));
  }

  crash(): void {
    const kept = this.chance.between(0, this.writes.length);
    for (const { apply } of this.writes.splice(0).slice(0, kept)) {
      apply();
    }
  }

  private write(apply: () => void): Promise<void> {
    return new Promise((resolve) => {
      const write = { apply, resolve };
      this.writes.push(write);
      this.lastMs = Math.max(this.lastMs, this.time.nowMs + this.chance.between(0, 50));
      this.time.after(this.lastMs - this.time.nowMs, () => {
        if (this.writes[0] === write) {
          this.writes.shift();
          apply();
          resolve();
        }
      });
    });
  }
}

/** As a structured clone, of what JSON can say; several times as fast, which many universes notice. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(copyOf);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    copy[name] = copyOf((value as Record<string, unknown>)[name]);
  }
  return copy;
}

/** One tab: whatever it asks for is free. */
export const freeLocks: ClientLocks = {
  request: async (_name, _options, hold) => hold({}),
};
