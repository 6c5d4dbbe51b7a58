import { expect, it } from 'vitest';
import { maxResumeChannels, messageLimits } from '../../src/wire/index.ts';
import * as limits from '../../src/wire/limits.ts';

it('the door gives every limit under its name', () => {
  expect({ ...messageLimits }).toEqual({ ...limits });
  expect(maxResumeChannels).toBe(messageLimits.resumeChannels);
});

it('every limit is a whole number above zero', () => {
  for (const limit of Object.values(messageLimits)) {
    expect(Number.isSafeInteger(limit) && limit > 0).toBe(true);
  }
});
