import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { restfulClock, systemClock } from '../../src/endpoint/clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the machine's clock", () => {
  it('calls once, after the delay', () => {
    const run = vi.fn();
    systemClock.after(1000, run);
    vi.advanceTimersByTime(999);
    expect(run).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('does not call when it was cancelled', () => {
    const run = vi.fn();
    const cancel = systemClock.after(1000, run);
    cancel();
    cancel();
    vi.advanceTimersByTime(10_000);
    expect(run).toHaveBeenCalledTimes(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for longer than the timers of the runtime can', () => {
    const run = vi.fn();
    const month = 31 * 24 * 60 * 60 * 1000;
    systemClock.after(month, run);
    vi.advanceTimersByTime(month - 1);
    expect(run).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('never calls after Infinity, and can be told to stop waiting for it', () => {
    const run = vi.fn();
    const cancel = systemClock.after(Number.POSITIVE_INFINITY, run);
    vi.advanceTimersByTime(100 * 24 * 60 * 60 * 1000);
    expect(run).toHaveBeenCalledTimes(0);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the process running for what it awaits; the restful one does not', () => {
    vi.useRealTimers();
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const cancel = systemClock.after(60_000, () => {});
    expect(timers()).toBe(before + 1);
    const others = [1, Number.POSITIVE_INFINITY].map((scale) =>
      restfulClock.after(60_000 * scale, () => {}),
    );
    expect(timers()).toBe(before + 1);
    for (const each of [cancel, ...others]) {
      each();
    }
    expect(timers()).toBe(before);
  });

  it('never goes back, and knows the time of day', () => {
    vi.useRealTimers();
    const before = systemClock.nowMs();
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(before);
    expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(60_000);
  });
});
