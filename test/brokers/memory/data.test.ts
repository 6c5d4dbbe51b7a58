import { describe, expect, it } from 'vitest';
import { chargeOf, entryChargeBytes } from '../../../src/brokers/memory/data.ts';

describe('what an entry counts', () => {
  const entry = { id: 'a long id that counts nothing', data: null, atMs: 0, by: 'ada' };

  it('is its data, its event, its key, and 200', () => {
    expect(entryChargeBytes).toBe(200);
    expect(chargeOf(entry, 4)).toBe(204);
    expect(chargeOf({ ...entry, event: 'abc', key: 'de' }, 4)).toBe(209);
  });
});
