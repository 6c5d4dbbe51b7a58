import { describe, expect, it } from 'vitest';
import { type ChannelOptions, rulesFrom } from '../../../src/hub/channel/rules.ts';

describe('the rules of a channel', () => {
  it.each<[ChannelOptions | undefined, string, string]>([
    [undefined, 'log', 'spill'],
    [{}, 'log', 'spill'],
    [{ slow: 'drop' }, 'log', 'drop'],
    [{ kind: 'log', slow: 'disconnect' }, 'log', 'disconnect'],
    [{ kind: 'state' }, 'state', 'latest'],
    [{ kind: 'state', slow: 'disconnect' }, 'state', 'disconnect'],
    [{ kind: 'signals' }, 'signals', 'drop'],
    [{ kind: 'signals', slow: 'disconnect' }, 'signals', 'disconnect'],
  ])('%j: %s, %s', (options, kind, slow) => {
    expect(rulesFrom(() => options)('news')).toEqual({ kind, slow });
  });

  it.each([
    { kind: 'log', slow: 'latest' },
    { kind: 'state', slow: 'spill' },
    { kind: 'state', slow: 'drop' },
    { kind: 'signals', slow: 'spill' },
    { kind: 'constructor' },
    { slow: 'never' },
  ])('%j is a mistake', (options) => {
    const rulesOf = rulesFrom(() => options as ChannelOptions);
    expect(() => rulesOf('news')).toThrow(
      expect.objectContaining({ code: 'CHANNEL_OPTIONS_INVALID' }),
    );
  });

  it('of the hub’s own channels are its own', () => {
    const rulesOf = rulesFrom(() => ({ kind: 'signals' }));
    expect(rulesOf('~roster:news')).toEqual({ kind: 'state', slow: 'latest' });
    expect(rulesOf('~user:b.0')).toEqual({ kind: 'log', slow: 'spill' });
  });
});
