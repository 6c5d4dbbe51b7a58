/**
 * No allocation per message beyond the payload that is handed over: ARCHITECTURE promises it of the protocol.
 * Measured in a process of its own, whose heap is not collected meanwhile; no time is measured.
 */
import { describe, expect, it } from 'vitest';
import { measureAllocations } from '../../bench/parts/allocations.ts';

/** In bytes of heap. Less than the smallest object, and more than what the engine does now and then for itself. */
const nothing = 8;

describe('a message that is received and answered', () => {
  const { 'the same with an object for each': control, ...measured } = measureAllocations();

  it.each(Object.entries(measured))('%s: allocates nothing', (_name, bytes) => {
    expect(bytes).toBeLessThan(nothing);
    expect(bytes).toBeGreaterThanOrEqual(0);
  });

  it('would be seen to allocate, if it did: an object with one field is', () => {
    expect(control).toBeGreaterThan(16);
  });
});
