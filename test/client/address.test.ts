import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOf } from '../../src/client/address.ts';
import { ClientError } from '../../src/client/errors.ts';

afterEach(() => vi.unstubAllGlobals());

describe('where the server is', () => {
  it.each([
    ['ws://a.test/x', 'ws://a.test/x'],
    ['wss://a.test:8443/x?y=1', 'wss://a.test:8443/x?y=1'],
    ['http://a.test', 'ws://a.test/'],
    ['https://a.test/x', 'wss://a.test/x'],
    ['ws://a.test/x#part', 'ws://a.test/x'],
    ['ws://a.test/x#', 'ws://a.test/x'],
  ])('%s is reached at %s', (url, address) => {
    expect(addressOf(url)).toBe(address);
  });

  it.each([
    ['/live', 'https://a.test/page/one', 'wss://a.test/live'],
    ['live', 'http://a.test:81/page/one', 'ws://a.test:81/page/live'],
    ['//b.test/live', 'https://a.test/', 'wss://b.test/live'],
  ])('%s in a page at %s is %s', (url, href, address) => {
    vi.stubGlobal('location', { href });
    expect(addressOf(url)).toBe(address);
  });

  it.each(['', '/live', 'ftp://a.test/', 'not a url'])(
    '%j without a page is URL_INVALID',
    (url) => {
      expect(() => addressOf(url)).toThrow(
        expect.objectContaining({ name: 'ClientError', code: 'URL_INVALID', retryable: false }),
      );
      expect(() => addressOf(url)).toThrow(ClientError);
    },
  );
});
