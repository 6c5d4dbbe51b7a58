import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../src/brokers/durable/ledger.ts';
import type { View } from '../../../src/brokers/durable/view.ts';
import { SortedStore } from './sorted-store.ts';
import { settled } from './world.ts';

const limits = {
  maxWaiting: 100,
  maxWaitingBytes: 1_000,
  maxGroupBytes: 100_000,
  cacheBytes: 10_000,
};

function make(more: Partial<typeof limits> = {}) {
  const store = new SortedStore();
  let failures = 0;
  const ledger = new Ledger(store, { ...limits, ...more }, () => {
    failures += 1;
  });
  return { store, ledger, failures: () => failures };
}

const add = (view: View): Promise<number> =>
  view.get<{ n: number }>('n').then((found) => {
    const n = (found.is === 'good' ? found.value.n : 0) + 1;
    view.put('n', { n });
    return n;
  });

describe('the ledger', () => {
  it('steps see what those before them wrote, in the same batch', async () => {
    const { ledger, store } = make();
    const given = await Promise.all([1, 2, 3].map(() => ledger.commit({ run: add })));
    expect(given).toEqual([1, 2, 3]);
    expect(store.batches).toBe(1);
  });

  it('a step that throws leaves nothing behind, and the others are not touched', async () => {
    const { ledger } = make();
    const failing = ledger.commit({
      run: async (view) => {
        await add(view);
        throw new TypeError('no');
      },
    });
    const other = ledger.commit({ run: add });
    await expect(failing).rejects.toThrow(TypeError);
    expect(await other).toBe(1);
  });

  it('tells in the order of the steps, before it answers, and after the batch', async () => {
    const { ledger, store } = make();
    const order: string[] = [];
    await Promise.all(
      ['a', 'b'].map(async (name) => {
        const told = (): number => order.push(`${name} told ${store.values.size}`);
        await ledger.commit({ run: add, told });
        order.push(`${name} answered`);
      }),
    );
    expect(order).toEqual(['a told 1', 'b told 1', 'a answered', 'b answered']);
  });

  it('what a listener throws is the answer, and the next are told', async () => {
    const { ledger } = make();
    const told = (): void => {
      throw new RangeError('heard wrong');
    };
    const first = ledger.commit({ run: add, told });
    const second = ledger.commit({ run: add });
    await expect(first).rejects.toThrow(RangeError);
    expect(await second).toBe(2);
  });

  it('a batch that fails fails all its steps; what comes after begins from the store', async () => {
    const { ledger, store, failures } = make();
    await ledger.commit({ run: add });
    store.fault = () => 'lost';
    const steps = [1, 2].map(() => ledger.commit({ run: add }));
    for (const step of steps) {
      await expect(step).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', retryable: true });
    }
    store.fault = () => undefined;
    expect(await ledger.commit({ run: add })).toBe(2);
    expect(failures()).toBe(1);
  });

  it('opens a store anew after a batch that failed, before anything else is asked of it', async () => {
    const { ledger, store } = make();
    store.fault = () => 'lost';
    await expect(ledger.commit({ run: add })).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    store.fault = () => undefined;
    const open = store.open.bind(store);
    store.open = () => Promise.reject(new Error('still full'));
    await expect(ledger.commit({ run: add })).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    expect(store.opens).toBe(0);
    store.open = open;
    expect(await ledger.commit({ run: add })).toBe(1);
    expect(await ledger.commit({ run: add })).toBe(2);
    expect(store.opens).toBe(1);
  });

  it('steps that write nothing cost no batch', async () => {
    const { ledger, store } = make();
    expect(await ledger.commit({ run: async () => 'looked' })).toBe('looked');
    expect(store.batches).toBe(0);
  });

  it('a record is read once', async () => {
    const { ledger, store } = make();
    for (let i = 0; i < 5; i += 1) {
      await ledger.commit({ run: (view) => view.get('absent') });
      await ledger.commit({ run: add });
    }
    expect(store.gets).toBe(2);
  });

  it('what a step read and then threw is not taken for known', async () => {
    const { ledger } = make();
    const step = ledger.commit({
      run: async (view) => {
        await view.get('n');
        throw new Error('no');
      },
    });
    await expect(step).rejects.toThrow('no');
    expect(ledger.known('n')).toBeUndefined();
    await ledger.commit({ run: add });
    expect(ledger.known('n')).toMatchObject({ is: 'good' });
    ledger.doubt('n');
    expect(ledger.known('n')).toBeUndefined();
  });

  it('what a step read, and put anew, is known when that is on disk, not before', async () => {
    const { ledger, store } = make();
    await ledger.commit({ run: add });
    ledger.doubt('n');
    let release = (): void => {};
    store.before = () => new Promise((resolve) => (release = resolve));
    const step = ledger.commit({ run: add });
    await settled();
    expect(ledger.known('n')).toBeUndefined();
    release();
    await step;
    expect(ledger.known('n')).toEqual({ is: 'good', value: { n: 2 } });
  });

  it('as many may wait as its limit says, and one more is refused', async () => {
    const { ledger } = make({ maxWaiting: 2 });
    const two = [1, 2].map(() => ledger.commit({ run: add }));
    await expect(ledger.commit({ run: add })).rejects.toMatchObject({ code: 'BROKER_FULL' });
    expect(await Promise.all(two)).toEqual([1, 2]);
  });

  it('one that is larger than all that may wait is taken when nothing waits', async () => {
    const { ledger } = make({ maxWaitingBytes: 10 });
    expect(await ledger.commit({ run: add, bytes: 11 })).toBe(1);
    const next = ledger.commit({ run: add, bytes: 5 });
    await expect(ledger.commit({ run: add, bytes: 6 })).rejects.toMatchObject({
      code: 'BROKER_FULL',
    });
    expect(await next).toBe(2);
  });

  it('is idle when nothing is under way', async () => {
    const { ledger, store } = make();
    void ledger.commit({ run: add });
    await ledger.idle();
    expect(store.batches).toBe(1);
    await ledger.idle();
  });

  it('puts what a record of a channel vouches for before it, and removals after it', async () => {
    const { ledger, store } = make();
    const write = (view: View): void => {
      view.remove('c!"old"');
      view.put('c!"a"', {});
      view.put('p!1', {});
    };
    store.fault = () => ({ tornAfter: 1 });
    const step = ledger.commit({ run: async (view) => write(view) });
    await expect(step).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    expect([...store.values.keys()]).toEqual(['p!1']);
  });
});
