/**
 * Group commit. Steps run one after the other; all that arrived while a batch was on its way to the disk go into the next one together, which
 * is written whole, with `sync`. Only then is anybody told.
 * In: steps. Out: what they gave, when it is on disk. Fails: `BROKER_FULL` when too many wait; `BROKER_UNREACHABLE`, retryable, when the
 * store fails: it fails for every step of the group, and what is known afterwards is what the store says.
 */
import { BrokerError } from '../../ports/index.ts';
import { isChannelKey } from './keys.ts';
import {
  encodings,
  type OrderedStore,
  type StoreOperation,
  type StoreRange,
} from './ordered-store.ts';
import { RecordCache } from './record-cache.ts';
import type { Found } from './records.ts';
import { type Below, View, type Writes } from './view.ts';

export interface LedgerLimits {
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly maxGroupBytes: number;
  readonly cacheBytes: number;
}

export interface Step<Value> {
  /** How much it holds while it waits. */
  readonly bytes?: number;
  run(view: View): Promise<Value>;
  /** Called in the order of the steps, when all of the group is on disk, before the answer is given. What it throws is the answer. */
  told?(value: Value): void;
}

interface Waiting {
  readonly step: Step<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Done extends Waiting {
  readonly value: unknown;
}

export class Ledger implements Below {
  private readonly store: OrderedStore;
  private readonly limits: LedgerLimits;
  private readonly failed: () => void;
  private readonly cache: RecordCache;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private running: Promise<void> | undefined;
  /** A batch failed, and the store was not opened anew since then. */
  private isDoubtful = false;

  /** @param failed A batch was not written, or nobody knows: what was derived from it is void. */
  constructor(store: OrderedStore, limits: LedgerLimits, failed: () => void) {
    this.store = store;
    this.limits = limits;
    this.failed = failed;
    this.cache = new RecordCache(limits.cacheBytes);
  }

  commit<Value>(step: Step<Value>): Promise<Value> {
    const bytes = step.bytes ?? 0;
    const { maxWaiting, maxWaitingBytes } = this.limits;
    const isFull = this.waitingBytes + bytes > maxWaitingBytes && this.waiting.length > 0;
    if (this.waiting.length >= maxWaiting || isFull) {
      const full = new BrokerError('BROKER_FULL', 'the disk is slower than what is asked', true);
      return Promise.reject(full);
    }
    return new Promise((resolve, reject) => {
      const waiting = { step, resolve, reject } as Waiting;
      this.waiting.push(waiting);
      this.waitingBytes += bytes;
      this.running ??= this.work();
    });
  }

  /** The committed record, if it is known without asking anybody. */
  known(key: string): Found<unknown> | undefined {
    return this.cache.get(key);
  }

  /** Whoever asks for the record next reads it, and what is in it, anew. */
  doubt(key: string): void {
    this.cache.delete(key);
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    return this.reach(() => this.store.get(key, encodings));
  }

  async range(range: StoreRange): Promise<[string, Uint8Array][]> {
    return this.reach(() => this.store.iterator({ ...range, ...encodings }).all());
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.running !== undefined) {
      await this.running;
    }
  }

  private async work(): Promise<void> {
    // Whoever asks within the same turn is in the first group.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      await this.commitGroup(this.waiting.splice(0));
    }
    this.running = undefined;
  }

  /** Steps of one group, as many as one batch holds; the rest follow in another. */
  private async commitGroup(all: Waiting[]): Promise<void> {
    let at = 0;
    while (at < all.length) {
      const writes: Writes = new Map();
      const done: Done[] = [];
      let bytes = 0;
      while (at < all.length && bytes < this.limits.maxGroupBytes) {
        const waiting = all[at]!;
        at += 1;
        this.waitingBytes -= waiting.step.bytes ?? 0;
        await this.openAnew();
        bytes += await this.runStep(waiting, writes, done);
      }
      await this.write(writes, done);
    }
  }

  /** What cannot be opened is tried again with the next step, which fails by itself. */
  private async openAnew(): Promise<void> {
    const { store } = this;
    if (!this.isDoubtful) {
      return;
    }
    try {
      if (store.close !== undefined && store.open !== undefined) {
        await store.close();
        await store.open();
      }
      this.isDoubtful = false;
    } catch {
      // The step that follows asks the store, and is told.
    }
  }

  private async runStep(waiting: Waiting, writes: Writes, done: Done[]): Promise<number> {
    const view = new View(this, writes);
    try {
      const value = await waiting.step.run(view);
      this.learn(view.learned, view.own);
      let bytes = 0;
      for (const [key, write] of view.own) {
        writes.set(key, write);
        bytes += key.length + (write.sealed?.length ?? 0);
      }
      done.push({ ...waiting, value });
      return bytes;
    } catch (error) {
      waiting.reject(error);
      return 0;
    }
  }

  private async write(writes: Writes, done: readonly Done[]): Promise<void> {
    try {
      if (writes.size > 0) {
        const options = { ...encodings, sync: true };
        await this.reach(() => this.store.batch(operationsOf(writes), options));
      }
    } catch (error) {
      this.isDoubtful = true;
      this.cache.clear();
      this.failed();
      for (const { reject } of done) {
        reject(error);
      }
      return;
    }
    this.learn(writes);
    for (const { step, value, resolve, reject } of done) {
      try {
        step.told?.(value);
        resolve(value);
      } catch (error) {
        reject(error);
      }
    }
  }

  private learn(records: Writes, but?: Writes): void {
    for (const [key, { sealed, found }] of records) {
      if (found !== undefined && but?.has(key) !== true) {
        this.cache.set(key, found, sealed?.length ?? 0);
      }
    }
  }

  private async reach<Value>(ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask();
    } catch (error) {
      const message = `the store failed: ${error instanceof Error ? error.message : String(error)}`;
      throw new BrokerError('BROKER_UNREACHABLE', message, true);
    }
  }
}

/**
 * Batches happen whole. Should one not, on a store that is damaged, its beginning is harmless: what a channel's record vouches for stands
 * before it, and what it makes superfluous goes after it.
 */
function operationsOf(writes: Writes): StoreOperation[] {
  const puts: StoreOperation[] = [];
  const channels: StoreOperation[] = [];
  const removals: StoreOperation[] = [];
  for (const [key, { sealed }] of writes) {
    if (sealed === undefined) {
      removals.push({ type: 'del', key });
    } else {
      (isChannelKey(key) ? channels : puts).push({ type: 'put', key, value: sealed });
    }
  }
  return [...puts, ...channels, ...removals];
}
