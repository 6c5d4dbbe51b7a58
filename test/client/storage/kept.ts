/** A storage, locks and what a tab remembers, which outlive the clients of a test. */
import type { ClientLocks, ClientStorage, TabMemory } from '../../../src/client/storage/storage.ts';

export class FakeStorage implements ClientStorage {
  readonly records = new Map<string, unknown>();
  /** What every call fails with. */
  failure: Error | undefined;
  /** What every call fails with that changes something. */
  refusal: Error | undefined;

  async get(key: string): Promise<unknown> {
    this.mayFail();
    return this.records.get(key);
  }

  async put(key: string, value: unknown): Promise<void> {
    this.mayFail(this.refusal);
    this.records.set(key, structuredClone(value));
  }

  async delete(key: string): Promise<void> {
    this.mayFail(this.refusal);
    this.records.delete(key);
  }

  private mayFail(failure?: Error): void {
    if (this.failure ?? failure) {
      throw this.failure ?? failure!;
    }
  }
}

export class FakeLocks implements ClientLocks {
  readonly held = new Set<string>();

  async request(
    name: string,
    _: { readonly ifAvailable: true },
    hold: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown> {
    if (this.held.has(name)) {
      return hold(null);
    }
    this.held.add(name);
    await hold({ name });
    this.held.delete(name);
    return undefined;
  }
}

export class FakeMemory implements TabMemory {
  private readonly items: Map<string, string>;
  /** What writing fails with. */
  failure: Error | undefined;

  constructor(items: Iterable<[string, string]> = []) {
    this.items = new Map(items);
  }

  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.failure !== undefined) {
      throw this.failure;
    }
    this.items.set(key, value);
  }

  removeItem(key: string): void {
    this.items.delete(key);
  }

  /** As browsers do it for a duplicated tab. */
  copy(): FakeMemory {
    return new FakeMemory(this.items);
  }

  get keys(): string[] {
    return [...this.items.keys()];
  }
}
