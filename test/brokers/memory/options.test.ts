import { describe, expect, it } from 'vitest';
import { fullMemoryOptions, memoryDefaults } from '../../../src/brokers/memory/options.ts';
import { BrokerError } from '../../../src/ports/index.ts';

describe('options of the memory broker', () => {
  it('these are the defaults', () => {
    const { randomId, nowMs, ...numbers } = memoryDefaults;
    expect(numbers).toEqual({
      maxEntries: 1_000,
      maxBytes: 1_048_576,
      maxAgeMs: Number.POSITIVE_INFINITY,
      maxKeys: 10_000,
      maxStateBytes: 16_777_216,
      maxRemovals: 1_000,
      maxRemovalAgeMs: 3_600_000,
      maxChannels: 100_000,
      forgetAfterMs: 3_600_000,
      producerMs: 86_400_000,
      maxProducers: 100_000,
      answersKept: 1_000,
      maxClaims: 100_000,
    });
    expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomId()).not.toBe(randomId());
    expect(nowMs()).toBeLessThanOrEqual(nowMs());
    expect(fullMemoryOptions({})).toEqual(memoryDefaults);
  });

  it('one that is undefined is its default, as if it were not there', () => {
    const names = Object.keys(memoryDefaults);
    const undefinedOnes = Object.fromEntries(names.map((name) => [name, undefined]));
    expect(fullMemoryOptions(undefinedOnes)).toEqual(memoryDefaults);
  });

  it.each([
    'maxEntries',
    'maxBytes',
    'maxKeys',
    'maxStateBytes',
    'maxChannels',
    'maxProducers',
    'answersKept',
    'maxClaims',
  ])('%s is at least 1', (name) => {
    for (const value of [0, -1, Number.NaN]) {
      expect(() => fullMemoryOptions({ [name]: value })).toThrow(
        expect.objectContaining({
          code: 'OPTION_INVALID',
          message: `memory(): ${name} must be 1 or more`,
        }),
      );
    }
    expect(fullMemoryOptions({ [name]: 1 })).toMatchObject({ [name]: 1 });
  });

  it.each(['maxAgeMs', 'maxRemovals', 'maxRemovalAgeMs', 'forgetAfterMs', 'producerMs'])(
    '%s may be 0, and no less',
    (name) => {
      expect(fullMemoryOptions({ [name]: 0 })).toMatchObject({ [name]: 0 });
      expect(() => fullMemoryOptions({ [name]: -1 })).toThrow(BrokerError);
    },
  );

  it('what is to have no end may be Infinity, but a record has a number of answers', () => {
    const endless = Number.POSITIVE_INFINITY;
    expect(fullMemoryOptions({ maxEntries: endless }).maxEntries).toBe(endless);
    for (const answersKept of [endless, 1.5]) {
      expect(() => fullMemoryOptions({ answersKept })).toThrow(
        expect.objectContaining({ message: 'memory(): answersKept must be a whole number' }),
      );
    }
  });
});
