import { describe, expect, it } from 'vitest';
import { fullMemoryOptions, memoryDefaults } from '../../../src/brokers/memory/options.ts';
import { BrokerError } from '../../../src/ports/index.ts';

describe('options of the memory broker', () => {
  it('these are the defaults', () => {
    const { randomId, ...numbers } = memoryDefaults;
    expect(numbers).toEqual({
      maxEntries: 1_000,
      maxBytes: 1_048_576,
      maxChannels: 100_000,
      forgetAfterMs: 3_600_000,
    });
    expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomId()).not.toBe(randomId());
    expect(fullMemoryOptions({})).toEqual(memoryDefaults);
  });

  it('one that is undefined is its default, as if it were not there', () => {
    const names = ['maxEntries', 'maxBytes', 'maxChannels', 'forgetAfterMs', 'randomId', 'nowMs'];
    const undefinedOnes = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(fullMemoryOptions(undefinedOnes)).toEqual(memoryDefaults);
  });

  it.each(['maxEntries', 'maxBytes', 'maxChannels'])('%s is at least 1', (name) => {
    for (const value of [0, -1, Number.NaN]) {
      expect(() => fullMemoryOptions({ [name]: value })).toThrow(
        expect.objectContaining({
          code: 'OPTION_INVALID',
          message: `memory(): ${name} must be 1 or more`,
        }),
      );
    }
    expect(fullMemoryOptions({ [name]: 1 })).toMatchObject({ [name]: 1 });
    expect(fullMemoryOptions({ [name]: Number.POSITIVE_INFINITY })).toMatchObject({
      [name]: Number.POSITIVE_INFINITY,
    });
  });

  it('forgetAfterMs may be 0, and no less', () => {
    expect(fullMemoryOptions({ forgetAfterMs: 0 }).forgetAfterMs).toBe(0);
    expect(() => fullMemoryOptions({ forgetAfterMs: -1 })).toThrow(BrokerError);
  });
});
