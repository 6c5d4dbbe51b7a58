import { describe, expect, it } from 'vitest';
import { Hosts } from '../../../src/testing/memory-network/hosts.ts';

function hosts(...names: readonly string[]): Hosts {
  const made = new Hosts(names.length);
  for (const name of names) {
    made.add(name);
  }
  return made;
}

describe('hosts', () => {
  it('have no conditions until some are set; then only those', () => {
    const made = hosts('a');
    expect([made.at('a'), made.at('nobody')]).toEqual([{}, {}]);
    made.set('a', { delayMs: 5 });
    made.set('a', { jitterMs: 5 });
    expect(made.at('a')).toEqual({ jitterMs: 5 });
  });

  it('are as many as may be, and one known already is not one more', () => {
    const made = hosts('a', 'b');
    made.set('a', { delayMs: 5 });
    made.add('a');
    expect(made.at('a')).toEqual({ delayMs: 5 });
    expect(() => made.add('c')).toThrow(expect.objectContaining({ code: 'TOO_MANY_HOSTS' }));
  });

  it('are split both ways, each from each, until healed', () => {
    const made = hosts('a', 'b', 'c', 'd');
    made.split(['a', 'b'], ['c']);
    made.split(['b'], ['d']);
    const split = (one: string, other: string) => [
      made.areSplit(one, other),
      made.areSplit(other, one),
    ];
    expect(split('a', 'c')).toEqual([true, true]);
    expect(split('b', 'c')).toEqual([true, true]);
    expect(split('b', 'd')).toEqual([true, true]);
    expect(split('a', 'b')).toEqual([false, false]);
    expect(split('a', 'd')).toEqual([false, false]);
    made.heal();
    expect(split('a', 'c')).toEqual([false, false]);
  });

  it('are never split from themselves', () => {
    const made = hosts('a', 'b');
    made.split(['a'], ['a', 'b']);
    expect([made.areSplit('a', 'a'), made.areSplit('a', 'b')]).toEqual([false, true]);
  });

  it('must be known before a fault is set', () => {
    const made = hosts('a');
    const unknown = expect.objectContaining({ code: 'HOST_UNKNOWN' });
    expect(() => made.set('b', {})).toThrow(unknown);
    expect(() => made.split(['a'], ['b'])).toThrow(unknown);
    expect(() => made.split(['b'], ['a'])).toThrow(unknown);
  });
});
