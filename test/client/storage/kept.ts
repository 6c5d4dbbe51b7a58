/** A storage and locks that outlive the clients of a test. */
import type { ClientLocks, ClientStorage } from '../../../src/client/storage/storage.ts';

export class FakeStorage implements ClientStorage {
  readonly records = new Map<string, unknown>();
  /** What every call fails with. */
  failure: Error | undefined;

  async get(key: string): Promise<unknown> {
    this.mayFail();
    return this.records.get(key);
  }

  async put(key: string, value: unknown): Promise<void> {
    this.mayFail();
    this.records.set(key, structuredClone(value));
  }

  async delete(key: string): Promise<void> {
    this.mayFail();
    this.records.delete(key);
  }

  private mayFail(): void {
    if (this.failure !== undefined) {
      throw this.failure;
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
