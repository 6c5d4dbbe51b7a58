import { describe, expect, it } from 'vitest';
import { live, watch } from '../../../../src/client/transports/shared-tabs/life.ts';
import { ManualClock } from '../../../../src/testing/index.ts';
import { settled } from './peers.ts';
import { Browser } from './world.ts';

function open() {
  const browser = new Browser(new ManualClock());
  const told: string[] = [];
  return { one: browser.tab('one'), other: browser.tab('other'), told };
}

describe('who is still there', () => {
  it('is seen to go by whoever watches, once: killed, or by itself', async () => {
    const { one, other, told } = open();
    await live(one.locks, 'one');
    const leave = await live(one.locks, 'two');
    watch(other.locks, 'one', () => told.push('one'));
    watch(other.locks, 'two', () => told.push('two'));
    await settled();
    expect(told).toEqual([]);
    leave();
    await settled();
    expect(told).toEqual(['two']);
    one.kill();
    await settled();
    expect(told).toEqual(['two', 'one']);
  });

  it('by all who watch', async () => {
    const { one, other, told } = open();
    await live(one.locks, 'one');
    watch(other.locks, 'one', () => told.push('a'));
    watch(other.locks, 'one', () => told.push('b'));
    one.kill();
    await settled();
    await settled();
    expect(told).toEqual(['a', 'b']);
  });

  it('and not by who has looked away', async () => {
    const { one, other, told } = open();
    await live(one.locks, 'one');
    watch(other.locks, 'one', () => told.push('gone'))();
    one.kill();
    await settled();
    expect(told).toEqual([]);
  });

  it('where locks are refused: nobody lives, and nobody is ever gone', async () => {
    const locks = { request: () => Promise.reject(new Error('SecurityError')) };
    await expect(live(locks, 'one')).rejects.toThrow('SecurityError');
    watch(locks, 'one', () => expect.fail('gone'));
    await settled();
  });
});
