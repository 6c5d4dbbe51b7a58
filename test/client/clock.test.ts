import { afterEach, describe, expect, it, vi } from 'vitest';
import { webClock, webRandom } from '../../src/client/clock.ts';

afterEach(() => vi.useRealTimers());

describe('time and chance from the platform', () => {
  it('runs once after the delay, unless it was cancelled', () => {
    vi.useFakeTimers();
    const ran: string[] = [];
    webClock.after(10, () => ran.push('kept'));
    webClock.after(10, () => ran.push('cancelled'))();
    vi.advanceTimersByTime(9);
    expect(ran).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(ran).toEqual(['kept']);
  });

  it('takes a delay longer than a timer can hold for the longest one, not for none', () => {
    vi.useFakeTimers();
    let ran = 0;
    webClock.after(2 ** 40, () => {
      ran += 1;
    });
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(ran).toBe(0);
    vi.advanceTimersByTime(1);
    expect(ran).toBe(1);
  });

  it('tells the time of day in milliseconds since 1970', () => {
    expect(Math.abs(webClock.wallMs() - Date.now())).toBeLessThan(60_000);
    expect(webClock.nowMs()).toBeLessThanOrEqual(webClock.nowMs());
  });

  it('draws from 0 up to, not including, 1', () => {
    const draw = vi.spyOn(crypto, 'getRandomValues');
    for (const [word, number] of [
      [0, 0],
      [2 ** 31, 0.5],
      [2 ** 32 - 1, (2 ** 32 - 1) / 2 ** 32],
    ] as const) {
      draw.mockImplementationOnce((into) => {
        (into as unknown as Uint32Array)[0] = word;
        return into;
      });
      expect(webRandom()).toBe(number);
    }
    draw.mockRestore();
  });
});
