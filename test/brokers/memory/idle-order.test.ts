import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Idle, IdleOrder } from '../../../src/brokers/memory/idle-order.ts';

interface Item extends Idle<Item> {
  readonly name: number;
}

function item(name: number): Item {
  return { name, older: undefined, newer: undefined };
}

function drained(order: IdleOrder<Item>): number[] {
  const names: number[] = [];
  for (let next = order.oldest; next !== undefined; next = order.oldest) {
    names.push(next.name);
    order.remove(next);
  }
  return names;
}

describe('the order of idleness', () => {
  it('begins with what was added first', () => {
    const order = new IdleOrder<Item>();
    expect(order.oldest).toBe(undefined);
    for (const name of [1, 2, 3]) {
      order.add(item(name));
    }
    expect(drained(order)).toEqual([1, 2, 3]);
  });

  it('takes out what is not in it without harm', () => {
    const order = new IdleOrder<Item>();
    order.remove(item(9));
    order.add(item(1));
    order.remove(item(9));
    expect(drained(order)).toEqual([1]);
  });

  it('is empty after it was cleared', () => {
    const order = new IdleOrder<Item>();
    order.add(item(1));
    order.clear();
    order.add(item(2));
    expect(drained(order)).toEqual([2]);
  });

  it('is the order that a list would have after any additions and removals', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 7 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (list) => {
        const items = Array.from({ length: 8 }, (_, name) => item(name));
        const order = new IdleOrder<Item>();
        let model: number[] = [];
        for (const [adds, name] of list) {
          order.remove(items[name]!);
          model = model.filter((other) => other !== name);
          if (adds) {
            order.add(items[name]!);
            model.push(name);
          }
          expect(order.oldest?.name).toBe(model[0]);
        }
        expect(drained(order)).toEqual(model);
      }),
    );
  });
});
