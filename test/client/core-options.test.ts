import { describe, expect, it } from 'vitest';
import {
  chosen,
  coreDefaults,
  outboxDefaults,
  settleCore,
  settleOutbox,
} from '../../src/client/core-options.ts';
import { clientDefaults } from '../../src/client/options.ts';
import type { ClientTransport } from '../../src/client/transports/transport.ts';

const transport: ClientTransport = {
  name: 'none',
  open: () => ({ send() {}, close() {} }),
};
const invalid = expect.objectContaining({ code: 'OPTION_INVALID' });

describe('options of the core', () => {
  it('the core, the outbox and keyed state have all the limits of the client, and no two the same', () => {
    const parts = [coreDefaults, outboxDefaults, { maxStateKeys: 10_000 }];
    expect(Object.assign({}, ...parts)).toEqual(clientDefaults);
    expect(parts.flatMap(Object.keys)).toHaveLength(Object.keys(clientDefaults).length);
  });

  it('settles what was not chosen', () => {
    expect(settleCore({ pingAfterMs: 1 }, transport)).toMatchObject({
      ...coreDefaults,
      pingAfterMs: 1,
      transport,
      backoff: { firstMs: 500, maxMs: 20_000, factor: 2 },
    });
    const { randomId, ...limits } = settleOutbox({});
    expect(limits).toEqual(outboxDefaults);
    expect(randomId()).toMatch(/^[0-9a-f]{32}$/);
  });

  it('refuses what is no number above zero', () => {
    expect(() => settleCore({ backoff: { factor: -1 } }, transport)).toThrow(invalid);
    expect(() => settleOutbox({ outboxMaxAgeMs: Number.NaN })).toThrow(invalid);
    expect(() => chosen({ one: 1 }, { one: '1' as never })).toThrow(invalid);
  });
});
