import { afterEach, describe, expect, it, vi } from 'vitest';
import { platformLocks } from '../../../src/client/storage/storage.ts';

afterEach(() => vi.unstubAllGlobals());

describe('platformLocks', () => {
  it('are those of the navigator, where there is one that has them', () => {
    const locks = { request: async () => undefined };
    vi.stubGlobal('navigator', { locks });
    expect(platformLocks()).toBe(locks);
    vi.stubGlobal('navigator', {});
    expect(platformLocks()).toBeUndefined();
    vi.stubGlobal('navigator', undefined);
    expect(platformLocks()).toBeUndefined();
  });
});
