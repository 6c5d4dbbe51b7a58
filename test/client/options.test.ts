import { describe, expect, it } from 'vitest';
import { clientDefaults, settle } from '../../src/client/options.ts';
import type { ClientTransport } from '../../src/client/transports/transport.ts';

const transport: ClientTransport = {
  name: 'none',
  open: () => ({ send() {}, close() {} }),
};

describe('options', () => {
  it('has these defaults', () => {
    expect(clientDefaults).toEqual({
      connectWithinMs: 10_000,
      replyWithinMs: 10_000,
      pingAfterMs: 15_000,
      pongWithinMs: 5_000,
      maxPending: 1_000,
      maxSubscriptions: 128,
      maxStateKeys: 10_000,
      outboxMaxMessages: 1_000,
      outboxMaxBytes: 1_048_576,
      outboxMaxAgeMs: 86_400_000,
    });
    expect(settle({}, transport)).toMatchObject({
      ...clientDefaults,
      token: undefined,
      backoff: { firstMs: 500, maxMs: 20_000, factor: 2 },
    });
  });

  it('lets each be chosen, and leaves the others', () => {
    const settings = settle({ pongWithinMs: 1, backoff: { maxMs: 7 }, token: 't' }, transport);
    expect(settings).toMatchObject({
      ...clientDefaults,
      pongWithinMs: 1,
      token: 't',
      backoff: { firstMs: 500, maxMs: 7, factor: 2 },
    });
  });

  it.each([
    { connectWithinMs: 0 },
    { pingAfterMs: -1 },
    { maxPending: Number.NaN },
    { backoff: { firstMs: 0 } },
    { replyWithinMs: '5' as never },
  ])('refuses %j', (options) => {
    expect(() => settle(options, transport)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('takes what is there and undefined for not given', () => {
    const none = { connectWithinMs: undefined, backoff: { firstMs: undefined } } as never;
    expect(settle(none, transport)).toMatchObject({
      connectWithinMs: 10_000,
      backoff: { firstMs: 500, maxMs: 20_000, factor: 2 },
    });
  });

  it('takes Infinity for no limit', () => {
    expect(settle({ maxPending: Number.POSITIVE_INFINITY }, transport).maxPending).toBe(Infinity);
  });
});
