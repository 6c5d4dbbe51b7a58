import { describe, expect, it } from 'vitest';
import { Followers } from '../../../src/brokers/durable/followers.ts';

const entry = { offset: 1, id: 'x', prev: { offset: 0, id: '' }, data: 1, atMs: 0 };

describe('followers', () => {
  it('are told of what they follow, once, until they leave', () => {
    const followers = new Followers('life');
    const told: string[] = [];
    const node = (channel: string, epoch: string): number => told.push(`${channel} ${epoch}`);
    followers.add('a', node);
    followers.add('a', node);
    followers.announce('a', 'e', entry);
    followers.announce('b', 'e', entry);
    followers.remove('a', node);
    followers.remove('a', node);
    followers.announce('a', 'e', entry);
    expect(told).toEqual(['a e']);
    expect(followers.has('a')).toBe(false);
  });

  it('that leave while others are told hear no more, and are not told twice for coming back', () => {
    const followers = new Followers('life');
    const told: string[] = [];
    const leaving = (): number => told.push('leaving');
    const back = (): void => {
      told.push('back');
      followers.remove('a', leaving);
      followers.remove('a', back);
      followers.add('a', back);
    };
    followers.add('a', back);
    followers.add('a', () => {});
    followers.add('a', leaving);
    followers.announce('a', 'e', entry);
    expect(told).toEqual(['back']);
  });

  it('are all told, though one of them throws', () => {
    const followers = new Followers('life');
    let told = 0;
    followers.add('a', () => {
      throw new RangeError('first');
    });
    followers.add('a', () => {
      told += 1;
    });
    expect(() => followers.announce('a', 'e', entry)).toThrow(RangeError);
    expect(told).toBe(1);
  });

  it('are named the channels that changed since their mark, and no others', () => {
    const followers = new Followers('life');
    const node = (): void => {};
    const other = (): void => {};
    followers.add('a', node);
    followers.add('b', node);
    followers.add('c', other);
    const first = followers.changedSince(node, undefined);
    expect(first.channels).toEqual(['a', 'b']);
    expect(followers.changedSince(node, first.mark).channels).toEqual([]);
    followers.announce('b', 'e', entry);
    followers.announce('c', 'e', entry);
    const second = followers.changedSince(node, first.mark);
    expect(second.channels).toEqual(['b']);
    followers.allChanged();
    expect(followers.changedSince(node, second.mark).channels).toEqual(['a', 'b']);
  });

  it.each(['', 'other.1', 'life', 'life.x', 'life.-1', '\n'])(
    'a mark like %j is not understood: all are named',
    (mark) => {
      const followers = new Followers('life');
      const node = (): void => {};
      followers.add('a', node);
      expect(followers.changedSince(node, mark).channels).toEqual(['a']);
    },
  );

  it('of a channel that does not exist have been shown one epoch, the first', () => {
    const followers = new Followers('life');
    followers.show('a', 'nobody follows');
    followers.add('a', () => {});
    followers.show('a', 'first');
    followers.show('a', 'second');
    expect(followers.epochOf('a')).toBe('first');
  });
});
