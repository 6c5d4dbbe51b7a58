import { describe, expect, it } from 'vitest';
import { Leadership } from '../../../../src/client/transports/shared-tabs/leadership.ts';
import type { TabLocks } from '../../../../src/client/transports/shared-tabs/life.ts';
import { ManualClock } from '../../../../src/testing/index.ts';
import { settled } from './peers.ts';
import { Browser } from './world.ts';

function open() {
  const browser = new Browser(new ManualClock());
  const told: string[] = [];
  const make = (name: string, locks?: TabLocks) => {
    const tab = browser.tab(name);
    const leadership = new Leadership(locks ?? tab.locks, 'road', {
      won: () => told.push(`${name} won`),
      lost: () => told.push(`${name} lost`),
      failed: () => told.push(`${name} failed`),
    });
    return { tab, leadership };
  };
  return { browser, told, make };
}

describe('who holds the road', () => {
  it('is the first, then who has waited longest', async () => {
    const { told, make } = open();
    const [a, b, c] = [make('a'), make('b'), make('c')];
    for (const { leadership } of [a, b, c]) {
      leadership.wait();
    }
    await settled();
    expect(told).toEqual(['a won']);
    a.tab.kill();
    await settled();
    b.leadership.leave();
    await settled();
    expect(told).toEqual(['a won', 'b won', 'c won']);
  });

  it('is who takes it away: the other is told, and may wait again', async () => {
    const { told, make, browser } = open();
    const [a, b] = [make('a'), make('b')];
    a.leadership.wait();
    b.leadership.wait();
    await settled();
    b.leadership.steal();
    await settled();
    expect(told.toSorted()).toEqual(['a lost', 'a won', 'b won']);
    a.leadership.wait();
    b.tab.kill();
    await settled();
    expect([told.at(-1), browser.holder(/road/)]).toEqual(['a won', 'a']);
  });

  it('who takes it twice before the first is granted has it once', async () => {
    const { told, make, browser } = open();
    const a = make('a');
    a.leadership.steal();
    a.leadership.steal();
    await settled();
    expect(told.at(-1)).toBe('a won');
    expect(browser.holder(/road/)).toBe('a');
    a.leadership.leave();
    await settled();
    expect(browser.holder(/road/)).toBeUndefined();
  });

  it('and has it, too, when the news that it was taken away comes late', async () => {
    const grants: (() => void)[] = [];
    const news: (() => void)[] = [];
    const locks: TabLocks = {
      request: (_name, _options, run) =>
        new Promise((_resolve, reject) => {
          grants.push(() => void run({}));
          news.push(() => reject(new Error('AbortError')));
        }),
    };
    const { told, make } = open();
    const { leadership } = make('a', locks);
    leadership.steal();
    leadership.steal();
    grants[0]!();
    grants[1]!();
    news[0]!();
    await settled();
    expect(told).toEqual(['a won', 'a won']);
  });

  it('who has it takes it from nobody', async () => {
    const { told, make } = open();
    const a = make('a');
    a.leadership.wait();
    await settled();
    a.leadership.steal();
    await settled();
    expect(told).toEqual(['a won']);
  });

  it('who has left is not told anything, and stands in nobody’s way', async () => {
    const { told, make } = open();
    const [a, b, c] = [make('a'), make('b'), make('c')];
    a.leadership.wait();
    b.leadership.wait();
    await settled();
    b.leadership.leave();
    c.leadership.wait();
    a.leadership.leave();
    await settled();
    expect(told).toEqual(['a won', 'c won']);
  });

  it('where locks are refused it is said', async () => {
    const { told, make } = open();
    const { leadership } = make('a', { request: () => Promise.reject(new Error('no')) });
    leadership.wait();
    await settled();
    expect(told).toEqual(['a failed']);
  });
});
