import { describe, expect, it } from 'vitest';
import { type Flushed, flushLater } from '../../src/endpoint/flush-later.ts';
import { turnOver } from './support.ts';

function flushing(flush: () => void = () => {}): Flushed & { count: number } {
  const some = {
    isScheduled: false,
    count: 0,
    flush() {
      some.count += 1;
      flush();
    },
  };
  return some;
}

describe('what asks to be flushed', () => {
  it('is, once, at the end of the pass of the event loop, however often it asks', async () => {
    const one = flushing();
    const other = flushing();
    flushLater(one);
    flushLater(one);
    flushLater(other);
    await Promise.resolve();
    expect([one.count, other.count]).toEqual([0, 0]);
    await turnOver();
    expect([one.count, other.count]).toEqual([1, 1]);
  });

  it('again while it is flushed, is so in the next pass', async () => {
    const some = flushing(() => {
      if (some.count < 3) {
        flushLater(some);
      }
    });
    flushLater(some);
    await new Promise((resolve) => setImmediate(resolve));
    expect(some.count).toBe(1);
    await turnOver();
    expect(some.count).toBe(3);
  });
});
