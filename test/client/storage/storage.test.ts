import { afterEach, describe, expect, it, vi } from 'vitest';
import { onlyClient, platformLocks, platformMemory } from '../../../src/client/storage/storage.ts';
import { FakeMemory } from './kept.ts';

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

describe('platformMemory', () => {
  it('is that of the page; where there is no page, or it may keep nothing, there is none', () => {
    const memory = new FakeMemory();
    vi.stubGlobal('sessionStorage', memory);
    expect(platformMemory()).toBeUndefined();
    vi.stubGlobal('document', {});
    expect(platformMemory()).toBe(memory);
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get() {
        throw new Error('access is denied');
      },
    });
    expect(platformMemory()).toBeUndefined();
  });
});

describe('onlyClient', () => {
  it('finds every lock free', async () => {
    for (let times = 0; times < 2; times += 1) {
      let given: unknown = null;
      await onlyClient.request('slot', { ifAvailable: true }, (lock) => {
        given = lock;
        return undefined;
      });
      expect(given).not.toBeNull();
    }
  });
});
