import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/hub/application.ts';
import {
  type AppHubOptions,
  applicationIn,
  type HubOptions,
  hubLimitDefaults,
  hubLimits,
} from '../../src/hub/options.ts';

describe('the rules of a hub', () => {
  const policy = { connect: () => 'ann' };
  const channels = () => undefined;
  const app: Application = { policy, channels, methods: {}, bind: () => undefined };

  it('are those of its policy, or those of its application', () => {
    const own = { policy, channels } as unknown as HubOptions;
    expect(applicationIn(own)).toEqual({ policy, channels, methods: undefined });
    expect(applicationIn({ app } as unknown as AppHubOptions)).toBe(app);
  });

  it.each(['policy', 'channels', 'methods'])('are not both: app and %s', (name) => {
    const both = { app, [name]: {} } as unknown as AppHubOptions;
    expect(() => applicationIn(both)).toThrow(expect.objectContaining({ code: 'APP_INVALID' }));
  });
});

describe('limits of a hub', () => {
  it('have these defaults', () => {
    expect(hubLimits()).toEqual({
      helloWithinMs: 10_000,
      maxSubscriptions: 128,
      maxPending: 64,
      maxDataBytes: 65_536,
      maxChannels: 100_000,
      maxOutletBytes: 1_048_576,
      replayBuffer: 1_000,
      pageEntries: 256,
      topsEveryMs: 2_000,
      advanceEveryMs: 5_000,
      sessionMs: 120_000,
      signalsPerSecond: 50,
      rechecksPerSecond: 5_000,
      maxProducersPerUser: 10_000,
      maxWaitingPublications: 10_000,
      publishWithinMs: 10_000,
      hellosPerSecond: 1_000,
      maxAdmitting: 1_000,
      maxConnectionsPerUser: 10_000,
      maxSessionsPerUser: 10_000,
      maxConnectionsPerAddress: 10_000,
    });
  });

  it('are taken one by one', () => {
    expect(hubLimits({ maxPending: 2, pageEntries: 2, maxDataBytes: 524_288 })).toEqual({
      ...hubLimitDefaults,
      maxPending: 2,
      pageEntries: 2,
      maxDataBytes: 524_288,
    });
    expect(hubLimits({ maxChannels: Number.POSITIVE_INFINITY }).maxChannels).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it.each([
    { maxPending: 0 },
    { maxPending: 1 },
    { maxDataBytes: 524_289 },
    { maxPending: -1 },
    { maxPending: Number.NaN },
    { maxPending: 'many' as unknown as number },
    { pageEntries: 1 },
  ])('%j is refused', (limits) => {
    expect(() => hubLimits(limits)).toThrow(expect.objectContaining({ code: 'LIMIT_INVALID' }));
  });
});
