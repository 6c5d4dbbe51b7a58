import { describe, expect, it } from 'vitest';
import { readAddress } from '../../src/endpoint/address.ts';
import {
  keyOf,
  type Route,
  type RouteOptions,
  readRoute,
  serverOf,
} from '../../src/endpoint/route.ts';

const limits = { maxHeadBytes: 1000, maxHeaders: 10 };

function route(url: string, options: RouteOptions = {}, environment = {}): Route {
  return readRoute(readAddress(url, {}), options, limits, environment);
}

describe('options of a route', () => {
  it.each([
    [{ socketPath: '' }],
    [{ socketPath: 'a\0b' }],
    [{ socketPath: 5 }],
    [{ family: 5 }],
    [{ lookup: 'dns' }],
    [{ localAddress: 'localhost' }],
    [{ localAddress: '1.2.3' }],
    [{ proxy: 'socks5://p' }],
    [{ proxy: 'http://p', socketPath: '/run/a.sock' }],
  ])('%j is refused', (options) => {
    expect(() => route('ws://a', options as RouteOptions)).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'OPTION_INVALID' }),
    );
  });

  it('a proxy of the environment is not for unix sockets', () => {
    const environment = { ALL_PROXY: 'http://p:1' };
    expect(route('ws://a', { proxy: 'environment' }, environment).proxy).toMatchObject({ port: 1 });
    const local = { proxy: 'environment', socketPath: '/run/a.sock' };
    expect(route('ws://a', local, environment).proxy).toBeUndefined();
    expect(route('ws+unix:/run/a.sock', { proxy: 'environment' }, environment)).toMatchObject({
      proxy: undefined,
      socketPath: '/run/a.sock',
    });
  });
});

describe('§4.1 item 2: which diallings wait for each other', () => {
  it('those of one host and port, or of one unix socket', () => {
    expect(serverOf(route('ws://a'))).toBe(serverOf(route('http://A:80/x')));
    expect(serverOf(route('ws://a'))).not.toBe(serverOf(route('wss://a')));
    expect(serverOf(route('ws+unix:/a:/b'))).toBe(serverOf(route('ws://x', { socketPath: '/a' })));
    expect(serverOf(route('ws+unix:/a'))).not.toBe(serverOf(route('ws+unix:/b')));
  });
});

describe('which diallings may share a connection', () => {
  const tls = { ca: 'x' };
  const lookup: NonNullable<RouteOptions['lookup']> = () => {};
  const proxy = 'http://p:1';
  const key = (url: string, options?: RouteOptions): string => keyOf(route(url, options));

  it('those that lead to the same place in the same way', () => {
    expect(key('wss://a/b')).toBe(key('https://a:443/c'));
    expect(key('wss://a', { tls, lookup, proxy })).toBe(key('wss://a', { tls, lookup, proxy }));
  });

  it.each<[string, RouteOptions]>([
    ['other certificates', { tls: { ca: 'x' } }],
    ['other certificates for the proxy', { tls, proxyTls: {} }],
    ['a proxy', { tls, proxy }],
    ['another lookup', { tls, lookup }],
    ['another address of this machine', { tls, localAddress: '127.0.0.2' }],
    ['another version of IP', { tls, family: 4 }],
    ['a unix socket', { tls, socketPath: '/a' }],
  ])('not with %s', (_what, options) => {
    expect(key('wss://a', options)).not.toBe(key('wss://a', { tls }));
  });

  it('nor with other limits: what is shared is bounded for all who share it', () => {
    const address = readAddress('wss://a', {});
    const keys = [limits, { ...limits, maxHeaders: 11 }, { ...limits, maxHeadBytes: 999 }].map(
      (some) => keyOf(readRoute(address, {}, some, {})),
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('nor as somebody else to the proxy', () => {
    const keys = ['http://p:1', 'http://a@p:1', 'http://b@p:1', 'https://p:1'];
    expect(new Set(keys.map((one) => key('wss://a', { proxy: one }))).size).toBe(keys.length);
  });
});
