import { describe, expect, it } from 'vitest';
import { fullDurableOptions } from '../../../src/brokers/durable/options.ts';
import { type DurableOptions, durable, durableDefaults } from '../../../src/brokers/durable.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { SortedStore } from './sorted-store.ts';

const given = { store: new SortedStore(), clock: new ManualClock() };

describe('the options of durable', () => {
  it('are the defaults where nothing, or undefined, is given', () => {
    const options = { ...given, maxEntries: undefined } as unknown as DurableOptions;
    expect(fullDurableOptions(options)).toMatchObject(durableDefaults);
  });

  it.each([
    { maxEntries: 0 },
    { maxBytes: 0 },
    { maxAgeMs: 0 },
    { maxKeys: 0 },
    { maxRemovals: -1 },
    { maxChannels: 0 },
    { forgetAfterMs: -1 },
    { producerMs: -1 },
    { maxProducers: 0 },
    { answersKept: 0 },
    { answersKept: 1.5 },
    { maxClaims: Number.NaN },
    { maxWaiting: 0 },
    { maxWaitingBytes: 0 },
    { maxGroupBytes: 0 },
    { cacheBytes: -1 },
    { sweepEveryMs: 0 },
    { forgetAfterMs: 1_000, producerMs: 1_001 },
  ])('%j is refused with OPTION_INVALID', (wrong) => {
    expect(() => durable({ ...given, ...wrong })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', retryable: false }),
    );
  });

  it('give ids that differ', () => {
    const ids = Array.from({ length: 100 }, durableDefaults.randomId);
    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});
