import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  platformLocks,
  settle,
  sharedTabsDefaults,
} from '../../../../src/client/transports/shared-tabs/options.ts';

afterEach(() => vi.unstubAllGlobals());

describe('options of shared roads', () => {
  it('are the defaults, but for what was given', () => {
    expect(settle({ user: 'ada' })).toMatchObject(sharedTabsDefaults);
    expect(settle({ user: 'ada', lingerMs: 5 }).lingerMs).toBe(5);
  });

  it.each(Object.keys(sharedTabsDefaults))('%s is above zero', (name) => {
    for (const value of [0, -1, Number.NaN, '7']) {
      expect(() => settle({ user: 'ada', [name]: value })).toThrow(
        expect.objectContaining({ name: 'ClientError', code: 'OPTION_INVALID' }),
      );
    }
  });

  it('D7: a user is named, by at most 1,024 characters', () => {
    expect(settle({ user: 'x'.repeat(1_024) }).user).toHaveLength(1_024);
    for (const user of ['x'.repeat(1_025), undefined, 7]) {
      expect(() => settle({ user: user as string })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
  });

  it('a program has no tabs, whatever locks its platform has', () => {
    vi.stubGlobal('navigator', { locks: {} });
    expect(platformLocks()).toBeUndefined();
    vi.stubGlobal('location', { href: 'https://a/' });
    expect(platformLocks()).toBeDefined();
    vi.stubGlobal('BroadcastChannel', undefined);
    expect(platformLocks()).toBeUndefined();
  });
});
