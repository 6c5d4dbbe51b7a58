import { describe, expect, it } from 'vitest';
import { Window } from '../../src/client/window.ts';

describe('a window', () => {
  it('takes nothing before it is open, then so many, and one more for each that was answered', () => {
    let freed = 0;
    const window = new Window(() => {
      freed += 1;
    });
    expect(window.isOpen).toBe(false);
    window.open(2);
    window.take();
    expect(window.isOpen).toBe(true);
    window.take();
    expect([window.isOpen, freed]).toEqual([false, 0]);
    window.give();
    expect([window.isOpen, freed]).toEqual([true, 1]);
  });

  it('a connection that is gone takes nothing, and leaves nothing taken', () => {
    const window = new Window(() => undefined);
    window.open(1);
    window.take();
    window.close();
    window.give();
    expect(window.isOpen).toBe(false);
    window.open(1);
    expect(window.isOpen).toBe(true);
  });
});
