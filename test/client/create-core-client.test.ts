import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/core.ts';

const thrown = (code: string) => expect.objectContaining({ code });

describe('createClient of the core', () => {
  it('says at once what cannot be', () => {
    const transport = { name: 'none', open: () => ({ send() {}, close() {} }) };
    expect(() => createClient('mailto:a', { transport })).toThrow(thrown('URL_INVALID'));
    const wrong = { transport, maxSubscriptions: 0 };
    expect(() => createClient('ws://a', wrong)).toThrow(thrown('OPTION_INVALID'));
  });

  it('takes the platform’s WebSocket when no transport is passed, and misses it where there is none', () => {
    const own = globalThis.WebSocket;
    try {
      Object.assign(globalThis, { WebSocket: undefined });
      expect(() => createClient('ws://a')).toThrow(thrown('TRANSPORT_MISSING'));
      const opened: string[] = [];
      class FakeSocket extends EventTarget {
        constructor(url: string) {
          super();
          opened.push(url);
        }
        close(): void {}
      }
      Object.assign(globalThis, { WebSocket: FakeSocket });
      createClient('http://example.test/').close();
      expect(opened).toEqual(['ws://example.test/']);
    } finally {
      Object.assign(globalThis, { WebSocket: own });
    }
  });
});
