import { describe, expect, it } from 'vitest';
import {
  answerKey,
  channelKey,
  claimKey,
  entryKey,
  isChannelKey,
  kindRange,
  numberIn,
  numberKey,
  numberRange,
  producerKey,
  removalKey,
  stateKey,
  valueKey,
} from '../../../src/brokers/durable/keys.ts';

describe('keys', () => {
  it('of entries sort as their offsets do, up to the largest', () => {
    const offsets = [0, 1, 9, 10, 255, 256, 65_536, 2 ** 32, Number.MAX_SAFE_INTEGER];
    const keys = offsets.map((offset) => entryKey(7, offset));
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys.map((key) => key.length)).size).toBe(1);
  });

  it('of one number lie in its range, and those of its neighbours do not', () => {
    const { gte, lt } = numberRange('e', 16);
    const inside = (key: string): boolean => key >= gte && key < lt;
    expect([entryKey(16, 0), entryKey(16, Number.MAX_SAFE_INTEGER)].map(inside)).toEqual([
      true,
      true,
    ]);
    expect([entryKey(15, 9), entryKey(17, 0), valueKey(16, 1)].map(inside)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('of one kind lie in its range', () => {
    const { gte, lt } = kindRange('l');
    for (const name of ['', 'a', '\uffff', '"']) {
      expect(claimKey(name) >= gte && claimKey(name) < lt).toBe(true);
    }
    expect(numberKey(1) >= gte && numberKey(1) < lt).toBe(false);
  });

  it('of names that UTF-8 would make one are different', () => {
    const bytes = (key: string): string => new TextEncoder().encode(key).join();
    expect(bytes(stateKey(1, 'a\ud800'))).not.toBe(bytes(stateKey(1, 'a\udfff')));
    expect(bytes(claimKey('\\ud800'))).not.toBe(bytes(claimKey('\ud800')));
    expect(channelKey('a"!b')).not.toBe(channelKey('a'));
  });

  it('say which number they belong to', () => {
    const keys = [
      entryKey(300, 5),
      valueKey(300, 5),
      stateKey(300, 'k'),
      removalKey(300, 2),
      producerKey(300, 'p'),
      answerKey(300, 'p', 1),
      numberKey(300),
    ];
    expect(keys.map(numberIn)).toEqual(keys.map(() => 300));
    expect(keys.some(isChannelKey)).toBe(false);
    expect(isChannelKey(channelKey('x'))).toBe(true);
  });
});
