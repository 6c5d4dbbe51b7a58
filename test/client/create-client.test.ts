import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient } from '../../src/client/create-client.ts';
import { ClientError } from '../../src/client/errors.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

afterEach(() => vi.unstubAllGlobals());

describe('createClient', () => {
  it('throws where there is no WebSocket and no transport is passed', () => {
    vi.stubGlobal('WebSocket', undefined);
    expect(() => createClient('ws://a.test/')).toThrow(ClientError);
    expect(() => createClient('ws://a.test/')).toThrow(
      expect.objectContaining({ code: 'TRANSPORT_MISSING', retryable: false }),
    );
  });

  it('takes the transport that is passed', () => {
    vi.stubGlobal('WebSocket', undefined);
    const opened: string[] = [];
    const client = createClient('http://a.test/live', {
      clock: new ManualClock(),
      transport: {
        name: 'mine',
        open(url) {
          opened.push(url);
          return { send() {}, close() {} };
        },
      },
    });
    expect(opened).toEqual(['ws://a.test/live']);
    client.close();
  });

  it('throws for what is no URL', () => {
    vi.stubGlobal('WebSocket', class {});
    expect(() => createClient('nowhere')).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  });
});
