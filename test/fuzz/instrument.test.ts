import { describe, expect, it } from 'vitest';
import { count, instrumentedSubject } from '../../fuzz/instrument.ts';

describe('instrument: statements, branches and functions count themselves', () => {
  const source = `
    import type { A } from './a.ts';
    export function half(value: number): number {
      if (value > 9) {
        return 9;
      }
      return value! / 2;
    }`;

  it('each place has a number of its own, from the first on, and types stay', () => {
    const { code, next } = count(source, 'half.ts', 40);
    const numbers = [...code.matchAll(/counters\[(\d+)\]\+\+/g)].map((match) => Number(match[1]));
    expect(numbers).toEqual([40, 41, 42, 43, 44, 45]);
    expect(next).toBe(46);
    expect(code).toContain("import type { A } from './a.ts';");
    expect(code.startsWith('const counters = globalThis.fuzzCounters;\n')).toBe(true);
    expect(code).not.toContain('cov_');
  });

  it('the instrumented protocol works and counts', async () => {
    const { protocol, utf8, counters } = await instrumentedSubject();
    expect(counters.length).toBeGreaterThan(1000);
    counters.fill(0);
    expect(protocol.mayTravel(1000)).toBe(true);
    expect(utf8.isUtf8(Uint8Array.of(0xff), 0, 1)).toBe(false);
    expect(counters.filter((value) => value > 0).length).toBeGreaterThan(5);
  }, 30_000);
});
