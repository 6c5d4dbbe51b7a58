import { describe, expect, it } from 'vitest';
import { readAddress } from '../../src/endpoint/address.ts';

describe('§3 where a URL leads', () => {
  it.each([
    ['ws://host', false, 'host', 80, 'host', '/'],
    ['ws://host:80/a?b=c', false, 'host', 80, 'host', '/a?b=c'],
    ['http://host:8080/', false, 'host', 8080, 'host:8080', '/'],
    ['wss://host', true, 'host', 443, 'host', '/'],
    ['https://HOST:444/%20', true, 'host', 444, 'host:444', '/%20'],
    ['ws://[::1]:81/', false, '::1', 81, '[::1]:81', '/'],
    [
      'ws://bücher.example/ü',
      false,
      'xn--bcher-kva.example',
      80,
      'xn--bcher-kva.example',
      '/%C3%BC',
    ],
  ])('%s', (url, secure, hostname, port, host, target) => {
    const address = readAddress(url, {});
    expect(address).toMatchObject({ secure, hostname, port, request: { host, target } });
    expect(readAddress(new URL(url), {}).request.target).toBe(target);
  });

  it.each([
    ['ws+unix:/run/a.sock', '/run/a.sock', '/'],
    ['ws+unix:///run/a.sock', '/run/a.sock', '/'],
    ['ws+unix:/run/a.sock:/chat?b=c:d', '/run/a.sock', '/chat?b=c:d'],
    ['ws+unix:/run/a%20b.sock:/%20', '/run/a b.sock', '/%20'],
  ])('%s', (url, socketPath, target) => {
    const place = { secure: false, hostname: 'localhost', socketPath };
    expect(readAddress(url, {})).toMatchObject({
      ...place,
      request: { host: 'localhost', target },
    });
  });

  it.each([
    'ws+unix:',
    'ws+unix:/',
    'ws+unix:a.sock',
    'ws+unix://host/a.sock',
    'ws+unix:/a.sock:chat',
    'ws+unix:/a%ff.sock',
    'ws+unix:/a.sock:/b#c',
    'wss+unix:/a.sock',
    'no url',
    '',
    '/relative',
    'ftp://host',
    'ws:',
    'ws://host#',
    'ws://host/#part',
    'ws://%zz@host/',
    'ws://:%ff@host/',
  ])('%j is refused', (url) => {
    expect(() => readAddress(url, {})).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  });

  it('has a new key for each request', () => {
    const keys = new Set(Array.from({ length: 50 }, () => readAddress('ws://a', {}).request.key));
    expect(keys.size).toBe(50);
    expect([...keys].every((key) => /^[A-Za-z0-9+/]{22}==$/.test(key))).toBe(true);
  });
});

describe('credentials in a URL', () => {
  it('become a field', () => {
    expect(readAddress('ws://us%40er:p%3Ass@host', {}).request.headers).toEqual({
      Authorization: `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
    });
    expect(readAddress('ws://user@host', {}).request.headers).toEqual({
      Authorization: `Basic ${Buffer.from('user:').toString('base64')}`,
    });
  });

  it.each(['Authorization', 'authorization'])('give way to %s of the application', (name) => {
    const headers = { [name]: 'Bearer token' };
    expect(readAddress('ws://user@host', { headers }).request.headers).toEqual(headers);
  });

  it('are not sent where there are none', () => {
    expect(readAddress('ws://host', { headers: { A: 'b' } }).request.headers).toEqual({ A: 'b' });
  });
});
