import { describe, expect, it } from 'vitest';
import { readProxy } from '../../src/endpoint/proxy.ts';

const target = { secure: true, hostname: 'chat.example' };

describe('the option proxy', () => {
  it.each([
    ['http://p', { secure: false, hostname: 'p', port: 80 }],
    ['https://p', { secure: true, hostname: 'p', port: 443 }],
    ['http://[::1]:3128/', { secure: false, hostname: '::1', port: 3128 }],
  ])('%s', (url, expected) => {
    expect(readProxy(url, target, {})).toEqual({ ...expected, authorization: undefined });
    expect(readProxy(new URL(url), target, {})).toMatchObject(expected);
  });

  it('user and password are for the proxy, without their percent-encoding', () => {
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(readProxy('http://us%40er:p%3Ass@p', target, {})?.authorization).toBe(
      basic('us@er:p:ss'),
    );
  });

  it('none, unless one is asked for', () => {
    const environment = { HTTPS_PROXY: 'http://p:1' };
    expect(readProxy(undefined, target, environment)).toBeUndefined();
    expect(readProxy(false, target, environment)).toBeUndefined();
    expect(readProxy('environment', target, environment)).toMatchObject({ port: 1 });
    expect(readProxy('environment', target, {})).toBeUndefined();
  });

  it.each(['socks5://p:1080', 'ftp://p', 'p:3128', '', 'nonsense'])(
    '%j is refused: going without would be a surprise',
    (url) => {
      const refusal = expect.objectContaining({ code: 'OPTION_INVALID' });
      expect(() => readProxy(url, target, {})).toThrow(refusal);
    },
  );

  it('a kind of proxy that is not known is refused from the environment too', () => {
    const environment = { ALL_PROXY: 'socks5://p:1080' };
    expect(() => readProxy('environment', target, environment)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
