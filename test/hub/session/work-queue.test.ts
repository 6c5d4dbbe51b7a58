import { describe, expect, it } from 'vitest';
import { WorkQueue } from '../../../src/hub/session/work-queue.ts';
import { settled } from '../world.ts';

describe('turns', () => {
  it('the second begins when the first is done, and not before', async () => {
    const turns = new WorkQueue();
    const order: string[] = [];
    let finish!: () => void;
    const first = turns.run(async () => {
      order.push('first begins');
      await new Promise<void>((resolve) => (finish = resolve));
      order.push('first ends');
      return 1;
    });
    const second = turns.run(async () => {
      order.push('second begins');
      return 2;
    });
    await settled();
    expect(order).toEqual(['first begins']);
    finish();
    expect([await first, await second]).toEqual([1, 2]);
    expect(order).toEqual(['first begins', 'first ends', 'second begins']);
  });

  it('one that fails keeps its error to itself', async () => {
    const turns = new WorkQueue();
    const first = turns.run(() => Promise.reject(new Error('no')));
    const second = turns.run(async () => 2);
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe(2);
  });
});
