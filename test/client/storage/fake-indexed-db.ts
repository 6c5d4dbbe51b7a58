/** As much of a browser's database as the client uses: one store, and transactions that complete a turn later. */

class FakeRequest<Value> extends EventTarget {
  result!: Value;
  error: Error | null = null;

  answer(value: Value): this {
    this.result = value;
    queueMicrotask(() => this.dispatchEvent(new Event('success')));
    return this;
  }

  refuse(error: Error): this {
    this.error = error;
    queueMicrotask(() => this.dispatchEvent(new Event('error')));
    return this;
  }
}

export class FakeDatabases {
  readonly records = new Map<string, Map<string, unknown>>();
  /** What opening fails with. */
  refusal: Error | undefined;
  /** What the next transaction is undone with. */
  abortion: Error | undefined;
  opened = 0;
  private last: EventTarget | undefined;

  /** To whoever opened last. */
  tell(event: string): void {
    this.last?.dispatchEvent(new Event(event));
  }

  open(name: string): FakeRequest<unknown> {
    const request = new FakeRequest<unknown>();
    if (this.refusal !== undefined) {
      return request.refuse(this.refusal);
    }
    this.opened += 1;
    let isClosed = false;
    const close = (): void => {
      isClosed = true;
    };
    const database = new EventTarget();
    database.addEventListener('close', close);
    this.last = database;
    request.result = Object.assign(database, {
      createObjectStore: () => this.records.set(name, new Map()),
      transaction: () => {
        if (isClosed) {
          throw new Error('the connection is closing');
        }
        return this.transaction(name);
      },
      close,
    });
    queueMicrotask(() => {
      if (!this.records.has(name)) {
        request.dispatchEvent(new Event('upgradeneeded'));
      }
      request.answer(request.result);
    });
    return request;
  }

  private transaction(name: string): EventTarget {
    const records = this.records.get(name)!;
    const error = this.abortion;
    this.abortion = undefined;
    const transaction = Object.assign(new EventTarget(), {
      error: error ?? null,
      objectStore: () => ({
        get: (key: string) => new FakeRequest<unknown>().answer(structuredClone(records.get(key))),
        put: (value: unknown, key: string) => {
          const copy: unknown = structuredClone(value);
          end(() => records.set(key, copy));
        },
        delete: (key: string) => end(() => records.delete(key)),
      }),
    });
    const end = (change: () => unknown): void => {
      queueMicrotask(() => {
        if (error === undefined) {
          change();
        }
        transaction.dispatchEvent(new Event(error === undefined ? 'complete' : 'abort'));
      });
    };
    return transaction;
  }
}
