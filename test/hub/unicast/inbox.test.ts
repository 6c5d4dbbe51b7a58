import { describe, expect, it } from 'vitest';
import { inboxOf } from '../../../src/hub/unicast/inbox.ts';
import { isChannelName } from '../../../src/wire/index.ts';

const odd = [
  '',
  'ann',
  'Ann',
  'ann ',
  'ann\n',
  'ann\0',
  'e\u0301',
  '\u00e9',
  '\ud800',
  '\ud801',
  '\udc00',
  '\ufffd',
  '\ud83d\ude00',
  '\ufeffann',
  '~user:b.ann',
  '*',
  '>',
  '#',
  '..',
  'b.c5n6s',
  'x'.repeat(100),
  'x'.repeat(101),
  'x'.repeat(1_024),
  `${'x'.repeat(1_023)}y`,
];

describe('D15: the name of an inbox', () => {
  it.each(odd)('of %j may name a channel', (user) => {
    expect(isChannelName(inboxOf(user))).toBe(true);
  });

  it('is spelled out up to 100 bytes, and a digest beyond', () => {
    expect(inboxOf('foobar')).toBe('~user:b.cpnmuoj1e8');
    expect(inboxOf('x'.repeat(100))).toHaveLength('~user:b.'.length + 160);
    expect(inboxOf('x'.repeat(101))).toHaveLength('~user:h.'.length + 52);
  });

  it('is another for each user', () => {
    expect(new Set(odd.map(inboxOf)).size).toBe(odd.length);
  });

  it('is another for each of many random users', () => {
    let seed = 1;
    const dice = (sides: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return (seed >>> 8) % sides;
    };
    const users = new Set<string>();
    for (let i = 0; i < 20_000; i += 1) {
      // Few letters and short names: neighbours are what an encoding confuses.
      const units = Array.from(
        { length: dice(5) },
        () => [0x61, 0x62, 0, 0xe9, 0xd83d, 0xde00, 0xfffd][dice(7)]!,
      );
      users.add(String.fromCharCode(...units));
    }
    expect(new Set([...users].map(inboxOf)).size).toBe(users.size);
  });
});
