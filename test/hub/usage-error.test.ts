import { describe, expect, it } from 'vitest';
import { HubUsageError } from '../../src/hub/usage-error.ts';

describe('misuse of a hub', () => {
  it('is an error with a code', () => {
    const error = new HubUsageError('HUB_NOT_RUNNING', 'start the hub before you publish');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.message]).toEqual([
      'HubUsageError',
      'HUB_NOT_RUNNING',
      'start the hub before you publish',
    ]);
  });
});
