import { describe, expect, it } from 'vitest';
import { openDefaults, openOptions } from '../../src/ws/options.ts';

describe('the options of a websocket as ws has it', () => {
  it('has the limits of ws, and waits as long as ws for the end', () => {
    expect(openOptions({})).toMatchObject({
      maxMessageBytes: 104_857_600,
      maxFrameBytes: 104_857_600,
      maxFragments: 16_384,
      closeWithinMs: 30_000,
    });
  });

  it('pings nobody, finds nobody idle, slow or stalled', () => {
    expect(openOptions({})).toMatchObject({
      pingAfterMs: Number.POSITIVE_INFINITY,
      idleMs: Number.POSITIVE_INFINITY,
      stalledMs: Number.POSITIVE_INFINITY,
      minBytesPerSecond: 0,
      fragmentChargeBytes: 0,
    });
  });

  it.each([0, -1])('takes %i for no limit', (none) => {
    expect(openOptions({ maxPayload: none, maxFragments: none })).toMatchObject({
      maxMessageBytes: Number.POSITIVE_INFINITY,
      maxFragments: Number.POSITIVE_INFINITY,
    });
  });

  it('takes what is no number for the default', () => {
    const nonsense = 'many' as unknown as number;
    expect(openOptions({ maxPayload: nonsense, closeTimeout: Number.NaN })).toEqual(
      openOptions(openDefaults),
    );
  });

  it('takes what is chosen', () => {
    expect(openOptions({ maxPayload: 1, maxFragments: 2, closeTimeout: 0 })).toMatchObject({
      maxMessageBytes: 1,
      maxFragments: 2,
      closeWithinMs: 0,
    });
  });
});
