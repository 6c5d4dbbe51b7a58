import { describe, expect, it } from 'vitest';
import { Channels, type Follower } from '../../../src/brokers/memory/channels.ts';
import { type MemoryOptions, memoryDefaults } from '../../../src/brokers/memory/options.ts';

const follower: Follower = { ears: { deliver: () => {}, hear: () => {} } };
const full = expect.objectContaining({ code: 'BROKER_FULL', retryable: true });

function channelsOf(options: MemoryOptions = {}): Channels {
  let count = 0;
  const randomId = () => {
    count += 1;
    return `e${count}`;
  };
  return new Channels({ ...memoryDefaults, randomId, ...options });
}

/** Uses a channel as an append does. */
function append(channels: Channels, name: string, nowMs: number, key?: string): void {
  const channel = channels.use(name, nowMs);
  const id = `p${channel.log.top.offset + 1}`;
  const entry = channel.log.append({ id, data: null, atMs: 0 }, { bytes: 1, nowMs });
  if (key !== undefined) {
    channel.values.set(key, entry, { bytes: 1, nowMs });
  }
  channels.used(channel, nowMs);
}

describe('channels', () => {
  it('that are only shown do not begin to exist, and show the life that they would begin', () => {
    const channels = channelsOf({ maxChannels: 1 });
    expect(channels.shown('a').log.epoch).toBe('e1');
    expect(channels.find('a')).toBe(undefined);
    append(channels, 'b', 0);
    expect(channels.shown('b')).toBe(channels.find('b'));
  });

  it('that are used without leaving anything are gone, unless they are followed', () => {
    const channels = channelsOf();
    const channel = channels.use('a', 0);
    channel.followers.add(follower);
    channels.used(channel, 0);
    expect(channels.find('a')).toBe(channel);
    channel.followers.clear();
    channels.used(channel, 0);
    expect(channels.find('a')).toBe(undefined);
  });

  it('make room by the one that rests longest, when it has rested long enough', () => {
    const channels = channelsOf({ maxChannels: 2, forgetAfterMs: 10 });
    append(channels, 'a', 0);
    append(channels, 'b', 1);
    append(channels, 'a', 2);
    expect(() => channels.use('c', 10)).toThrow(full);
    append(channels, 'c', 11);
    expect(['a', 'b', 'c'].map((name) => channels.find(name)?.log.epoch)).toEqual([
      'e1',
      undefined,
      'e2',
    ]);
  });

  it('make no room by one that is followed, or has a value', () => {
    const channels = channelsOf({ maxChannels: 2, forgetAfterMs: 0 });
    append(channels, 'a', 0, 'k');
    append(channels, 'b', 0);
    const followed = channels.find('b')!;
    followed.followers.add(follower);
    channels.used(followed, 0);
    expect(() => channels.use('c', 100)).toThrow(full);
    followed.followers.clear();
    channels.used(followed, 100);
    append(channels, 'c', 100);
    expect(channels.find('a')?.values.size).toBe(1);
  });
});
