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

  it.each<ChannelOptions>([
    { retain: { entries: 1 } },
    { kind: 'log', retain: { entries: 1_000, ageMs: 86_400_000 } },
    { kind: 'state', retain: { ageMs: 0.5 } },
    { retain: { entries: Number.POSITIVE_INFINITY, ageMs: Number.POSITIVE_INFINITY } },
    { retain: {} },
  ])('%j keeps as much as it says', (options) => {
    const { retain } = options as { retain: object };
    expect(rulesFrom(() => options)('news').retain).toBe(retain);
  });

  it.each([
    { retain: { entries: 0 } },
    { retain: { entries: 1.5 } },
    { retain: { entries: Number.NaN } },
    { retain: { entries: '5' } },
    { retain: { ageMs: 0 } },
    { retain: { ageMs: Number.NaN } },
    { kind: 'signals', retain: {} },
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
