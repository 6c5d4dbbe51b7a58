import { describe, expect, it } from 'vitest';
import { machineNowMs } from '../../../src/brokers/memory/clock.ts';

describe("the machine's time", () => {
  it('is a number that never goes back', () => {
    const first = machineNowMs();
    expect(Number.isFinite(first)).toBe(true);
    expect(machineNowMs()).toBeGreaterThanOrEqual(first);
  });
});
