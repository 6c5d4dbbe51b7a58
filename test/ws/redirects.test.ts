import { describe, expect, it } from 'vitest';
import { addressOf } from '../../src/ws/address.ts';
import { fieldsFor, isSameHost, isTrusted } from '../../src/ws/redirects.ts';

const at = (url: string) => addressOf(new URL(url));
const secret = { Authorization: 'a', COOKIE: 'b', Host: 'c', 'X-Other': 'd' };

describe('a redirect', () => {
  it('to the same host takes everything along', () => {
    expect(fieldsFor(secret, at('ws://a'), at('ws://a/next'))).toEqual({
      authorization: 'a',
      cookie: 'b',
      host: 'c',
      'x-other': 'd',
    });
  });

  it.each(['ws://b', 'ws://a:81', 'ws://sub.a', 'ws+unix:/a'])(
    'to %s tells no password, no cookie and no host',
    (next) => {
      expect(fieldsFor(secret, at('ws://a'), at(next))).toEqual({ 'x-other': 'd' });
    },
  );

  it('from TLS to none tells no secrets, also on the same host', () => {
    expect(fieldsFor(secret, at('wss://a'), at('ws://a'))).toEqual({ host: 'c', 'x-other': 'd' });
    expect(isTrusted(at('ws://a:443'), at('wss://a:443'))).toBe(false);
    expect(isTrusted(at('ws://a'), at('wss://a'))).toBe(true);
  });

  it('between local sockets is told by their paths', () => {
    expect(isSameHost(at('ws+unix:/a:/x'), at('ws+unix:/a:/y'))).toBe(true);
    expect(isSameHost(at('ws+unix:/a'), at('ws+unix:/b'))).toBe(false);
  });
});
