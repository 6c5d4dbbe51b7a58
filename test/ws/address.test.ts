import { describe, expect, it } from 'vitest';
import { addressOf, asWebSocketUrl, parseUrl } from '../../src/ws/address.ts';

const read = (text: string) => addressOf(asWebSocketUrl(parseUrl(text)));

describe('an address', () => {
  it('of the network has a host with its port, and a path with its query', () => {
    expect(read('ws://a.example:8080/p/q?r=1')).toMatchObject({
      isSecure: false,
      host: 'a.example:8080',
      socketPath: undefined,
      path: '/p/q?r=1',
      auth: undefined,
    });
  });

  it('of HTTP means the same of WebSocket', () => {
    expect(read('https://a.example').url.href).toBe('wss://a.example/');
    expect(read('http://a.example').isSecure).toBe(false);
  });

  it('of a local socket ends where the path of the request begins', () => {
    expect(read('ws+unix:/tmp/socket:/path?q')).toMatchObject({
      socketPath: '/tmp/socket',
      path: '/path?q',
    });
    expect(read('ws+unix:/tmp/socket')).toMatchObject({ socketPath: '/tmp/socket', path: '' });
  });

  it('has a name and password decoded, and as they stand when they cannot be', () => {
    expect(read('ws://us%40er:p%3Ass@a').auth).toBe('us@er:p:ss');
    expect(read('ws://u%zz@a').auth).toBe('u%zz:');
  });

  it.each([
    ['nonsense', 'Invalid URL: nonsense'],
    [
      'ftp://a',
      'The URL\'s protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"',
    ],
    ['ws://a/#b', 'The URL contains a fragment identifier'],
    ['ws+unix:', "The URL's pathname is empty"],
  ])('%s is none', (text, message) => {
    expect(() => read(text)).toThrow(new SyntaxError(message));
  });
});
