import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import {
  calm,
  conditionsFrom,
  limitsFrom,
  networkDefaults,
} from '../../../src/testing/memory-network/options.ts';
import { memoryNetwork } from '../../../src/testing/memory-network.ts';

describe('conditions', () => {
  it('are taken as they are, and what else an object has is left out', () => {
    const given = { ...calm, delayMs: 5, clock: new ManualClock() };
    expect(conditionsFrom(given)).toEqual({ ...calm, delayMs: 5 });
    expect(conditionsFrom({})).toEqual({});
  });

  it.each([
    ['delayMs', -1],
    ['delayMs', Number.NaN],
    ['delayMs', Number.POSITIVE_INFINITY],
    ['jitterMs', -0.5],
    ['readBytesPerSecond', -1],
    ['refuseShare', 1.01],
    ['cutShare', -0.01],
    ['cutShare', '1'],
    ['swallow', 'toNobody'],
  ])('%s cannot be %s', (name, value) => {
    const wrong = () => conditionsFrom({ [name]: value });
    expect(wrong).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it.each([
    { delayMs: 0, jitterMs: 0, readBytesPerSecond: 0, refuseShare: 0, cutShare: 0 },
    { readBytesPerSecond: Number.POSITIVE_INFINITY, refuseShare: 1, cutShare: 1 },
    { swallow: 'none' },
    { swallow: 'both' },
  ] as const)('may be %j', (conditions) => {
    expect(conditionsFrom(conditions)).toEqual(conditions);
  });
});

describe('limits', () => {
  const names = Object.keys(networkDefaults) as (keyof typeof networkDefaults)[];

  it.each(names)('%s is at least 1', (name) => {
    expect(limitsFrom({ [name]: 1 })).toEqual({ ...networkDefaults, [name]: 1 });
    for (const value of [0.5, Number.NaN]) {
      const wrong = () =>
        memoryNetwork({ clock: new ManualClock(), random: () => 0, [name]: value });
      expect(wrong).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
  });
});
