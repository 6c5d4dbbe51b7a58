/**
 * An ordered store for tests, which forgets like a machine that loses its power, and fails when it is told to.
 */
import type {
  OrderedStore,
  StoreEncodings,
  StoreOperation,
  StoreRange,
} from '../../../src/brokers/durable.ts';

/** What may happen to a batch. `lost`: it was not written; `kept`: it was, and nobody was told; `torn`: a part of it was, as in a store that lies. */
export type Fault = 'lost' | 'kept' | { readonly tornAfter: number };

export class SortedStore implements OrderedStore {
  /** What is on disk. */
  readonly values: Map<string, Uint8Array>;
  batches = 0;
  gets = 0;
  /** Asked before each batch, which is numbered from 1. */
  fault: (batch: number) => Fault | undefined = () => undefined;
  /** Called when a batch has arrived, before it is written. */
  before: () => Promise<void> = async () => {};
  isDead = false;
  /** Like LevelDB it takes no batch after one that failed, until it is opened again. */
  isStuck = false;
  opens = 0;

  constructor(values: ReadonlyMap<string, Uint8Array> = new Map()) {
    this.values = new Map(values);
  }

  /** What somebody finds who comes after. */
  restarted(): SortedStore {
    this.isDead = true;
    return new SortedStore(this.values);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    this.mustLive();
    this.gets += 1;
    await Promise.resolve();
    return this.values.get(key)?.slice();
  }

  async batch(
    operations: StoreOperation[],
    { sync }: StoreEncodings & { sync: boolean },
  ): Promise<void> {
    this.mustLive();
    if (!sync) {
      throw new Error('everything is to be synced');
    }
    if (this.isStuck) {
      throw new Error('an earlier batch failed');
    }
    this.batches += 1;
    const fault = this.fault(this.batches);
    await this.before();
    this.mustLive();
    const isTorn = typeof fault === 'object';
    const written = isTorn ? fault.tornAfter : fault === 'lost' ? 0 : operations.length;
    for (const operation of operations.slice(0, written)) {
      if (operation.type === 'put') {
        this.values.set(operation.key, operation.value.slice());
      } else {
        this.values.delete(operation.key);
      }
    }
    if (fault !== undefined) {
      this.isStuck = true;
      throw new Error('no space left on device');
    }
  }

  iterator({ gte, lt, limit, reverse = false }: StoreEncodings & StoreRange): {
    all(): Promise<[string, Uint8Array][]>;
  } {
    return {
      all: async () => {
        this.mustLive();
        await Promise.resolve();
        const keys = [...this.values.keys()].filter((key) => key >= gte && key < lt).sort();
        const wanted = (reverse ? keys.reverse() : keys).slice(0, limit);
        return wanted.map((key) => [key, this.values.get(key)!.slice()]);
      },
    };
  }

  async close(): Promise<void> {
    this.mustLive();
  }

  async open(): Promise<void> {
    this.opens += 1;
    this.isStuck = false;
  }

  keysOf(kind: string): string[] {
    return [...this.values.keys()].filter((key) => key.startsWith(`${kind}!`)).sort();
  }

  /** One bit is another from now on. */
  damage(key: string): void {
    const value = this.values.get(key)!;
    value[value.length - 1]! ^= 1;
  }

  private mustLive(): void {
    if (this.isDead) {
      throw new Error('the process is dead');
    }
  }
}
