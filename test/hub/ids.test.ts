import { describe, expect, it } from 'vitest';
import { Ids, platformRandom } from '../../src/hub/ids.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

describe('ids', () => {
  it('are 26 characters that mean nothing to a position’s text', () => {
    const ids = new Ids(new ManualClock(), platformRandom);
    expect(ids.next()).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('sort by time, also when the time of day jumps back', () => {
    let wallMs = 1_700_000_000_000;
    const clock = Object.assign(new ManualClock(), { wallMs: () => wallMs });
    const ids = new Ids(clock, (into) => into.fill(7));
    const times = [0, 1, 32, 1_000_000, -5_000, 40_000_000_000].map((later) => {
      wallMs = 1_700_000_000_000 + later;
      return ids.next();
    });
    expect(times[4]).toBe(times[3]);
    expect([...times].sort()).toEqual(times);
    expect(new Set(times).size).toBe(5);
  });

  it('carry 80 random bits, each byte of the source used once', () => {
    const asked: number[] = [];
    let byte = 0;
    const ids = new Ids(new ManualClock(), (into) => {
      asked.push(into.length);
      into.forEach((_, i) => {
        into[i] = byte % 32;
        byte += 1;
      });
    });
    expect([ids.next().slice(10), ids.next().slice(10)]).toEqual([
      '0123456789abcdef',
      'ghjkmnpqrstvwxyz',
    ]);
    expect(asked).toEqual([1024]);
  });

  it('100,000 of one millisecond are all different', () => {
    const ids = new Ids(new ManualClock(), platformRandom);
    expect(new Set(Array.from({ length: 100_000 }, () => ids.next())).size).toBe(100_000);
  });

  it('chance is from 0 up to, not including, 1', () => {
    const chances = [0, 128, 255].map((byte) =>
      new Ids(new ManualClock(), (into) => into.fill(byte)).chance(),
    );
    expect(chances[0]).toBe(0);
    expect(chances[1]).toBeCloseTo(0.502, 3);
    expect(chances[2]).toBe((2 ** 32 - 1) / 2 ** 32);
  });
});
