import { describe, expect, it } from 'vitest';
import { machineClock } from '../../src/auth/clock.ts';

describe('the machine’s clock', () => {
  it('knows the time of day, and one that never goes back', () => {
    expect(Math.abs(machineClock.wallMs() - Date.now())).toBeLessThan(60_000);
    const first = machineClock.nowMs();
    expect(machineClock.nowMs()).toBeGreaterThanOrEqual(first);
  });

  it('calls later, unless that is cancelled', async () => {
    const called: string[] = [];
    const cancel = machineClock.after(0, () => called.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => {
      machineClock.after(1, () => {
        called.push('called');
        resolve();
      });
    });
    expect(called).toEqual(['called']);
  });

  it('does not take a delay that no timer can hold for none', async () => {
    let isCalled = false;
    const cancel = machineClock.after(2 ** 40, () => {
      isCalled = true;
    });
    await new Promise<void>((resolve) => machineClock.after(5, resolve));
    cancel();
    expect(isCalled).toBe(false);
  });
});
