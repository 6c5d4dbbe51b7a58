import { describe, expect, it, vi } from 'vitest';
import { Observables } from '../../../src/client/app/observable.ts';
import { ManualClock } from '../../../src/testing/index.ts';

/** A number that a test changes. */
function counting() {
  const clock = new ManualClock();
  const observables = new Observables(clock);
  const did: string[] = [];
  let now = 0;
  let tell = (): void => undefined;
  const number = (name = 'number') =>
    observables.observe(name, 'before', (changed) => {
      did.push(`start ${name}`);
      tell = changed;
      return { read: () => `${now}`, stop: () => did.push(`stop ${name}`) };
    });
  return {
    clock,
    did,
    number,
    observables,
    set: (value: number) => {
      now = value;
      tell();
    },
  };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('an observable', () => {
  it('has nothing at work while nobody looks', () => {
    const { did, number } = counting();
    expect([number().get(), number().initial]).toEqual(['before', 'before']);
    expect(did).toEqual([]);
  });

  it('gives the same object until something has changed', () => {
    const clock = new ManualClock();
    let tell = (): void => undefined;
    const list = new Observables(clock).observe<readonly number[]>('list', [], (changed) => {
      tell = changed;
      return { read: () => [1], stop: () => undefined };
    });
    list.subscribe(() => undefined);
    const before = list.get();
    expect(list.get()).toBe(before);
    tell();
    expect(list.get()).not.toBe(before);
    expect(list.get()).toBe(list.get());
  });

  it('tells of all that changed in one turn once, and has the latest at any time', async () => {
    const { number, set } = counting();
    const told: string[] = [];
    const { get, subscribe } = number();
    subscribe(() => told.push(get()));
    set(1);
    set(2);
    expect([get(), told]).toEqual(['2', []]);
    await turn();
    expect(told).toEqual(['2']);
    set(3);
    await turn();
    expect(told).toEqual(['2', '3']);
  });

  it('has one source for all who look at the same name', async () => {
    const { did, number, set } = counting();
    const one = number();
    const other = number();
    const told: string[] = [];
    one.subscribe(() => told.push(`one ${one.get()}`));
    other.subscribe(() => told.push(`other ${other.get()}`));
    set(5);
    await turn();
    expect(told).toEqual(['one 5', 'other 5']);
    expect(did).toEqual(['start number']);
    number('another').subscribe(() => undefined);
    expect(did).toEqual(['start number', 'start another']);
  });

  it('goes on for whoever leaves and comes back in one turn; else the last one ends it', () => {
    const { clock, did, number } = counting();
    const leave = number().subscribe(() => undefined);
    leave();
    const again = number().subscribe(() => undefined);
    clock.advance(1_000);
    expect(did).toEqual(['start number']);
    again();
    again();
    clock.advance(0);
    expect(did).toEqual(['start number', 'stop number']);
    expect(number().get()).toBe('before');
    number().subscribe(() => undefined);
    clock.advance(1_000);
    expect(did.slice(2)).toEqual(['start number']);
  });

  it('ends once, and not what came after it', () => {
    const { clock, did, number } = counting();
    number().subscribe(() => undefined)();
    number().subscribe(() => undefined)();
    clock.advance(0);
    number().subscribe(() => undefined);
    clock.advance(0);
    expect(did).toEqual(['start number', 'stop number', 'start number']);
    expect(number().get()).toBe('0');
  });

  it('is not told to whoever left meanwhile', async () => {
    const { number, set } = counting();
    const told: string[] = [];
    number().subscribe(() => told.push('stays'));
    const leave = number().subscribe(() => told.push('left'));
    set(1);
    leave();
    await turn();
    expect(told).toEqual(['stays']);
  });

  it('what one listener throws is reported, and disturbs no other', async () => {
    const { number, set } = counting();
    const uncaught = vi.fn();
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', uncaught);
    const told: string[] = [];
    number().subscribe(() => {
      throw new Error('mine');
    });
    number().subscribe(() => told.push('other'));
    set(1);
    await turn();
    process.removeAllListeners('uncaughtException');
    for (const each of before) {
      process.on('uncaughtException', each);
    }
    expect(told).toEqual(['other']);
    expect(uncaught).toHaveBeenCalledWith(
      expect.objectContaining({ message: 'mine' }),
      'uncaughtException',
    );
  });

  it('what is at work is found by its name', () => {
    const { number, observables } = counting();
    expect(observables.find('number')).toBeUndefined();
    number().subscribe(() => undefined);
    expect(observables.find('number')?.read()).toBe('0');
  });
});
