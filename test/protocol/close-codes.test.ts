import { describe, expect, it } from 'vitest';
import { closeCodes, mayTravel } from '../../src/protocol/close-codes.ts';

describe('§7.4 close codes', () => {
  it('B6: of all numbers, these may stand in a frame', () => {
    const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    const own = Array.from({ length: 2000 }, (_, i) => 3000 + i);
    const all = Array.from({ length: 65_536 }, (_, code) => code);
    expect(all.filter(mayTravel)).toEqual([...registered, ...own]);
  });

  it('are whole numbers', () => {
    const odd: unknown[] = [
      1000.5,
      3000.5,
      -1000,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '1000',
      '3000',
    ];
    expect(odd.filter((code) => mayTravel(code as number))).toEqual([]);
  });

  it('are registered once each, in order', () => {
    const codes = closeCodes.map(({ code }) => code);
    expect(codes).toEqual(Array.from({ length: 16 }, (_, i) => 1000 + i));
    expect(closeCodes.filter(({ travels }) => !travels).map(({ code }) => code)).toEqual([
      1004, 1005, 1006, 1015,
    ]);
  });
});
