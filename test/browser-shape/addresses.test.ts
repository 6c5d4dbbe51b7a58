import { describe, expect, it } from 'vitest';
import { checkProtocols, readUrl } from '../../src/browser-shape/addresses.ts';
import { named } from './support.ts';

describe('§3.1 get a URL record', () => {
  it.each([
    ['ws://a.test', 'ws://a.test/'],
    ['WSS://a.test:443/x y', 'wss://a.test/x%20y'],
    ['http://a.test:80/', 'ws://a.test/'],
    ['https://a.test:8443/?q', 'wss://a.test:8443/?q'],
    ['http://a.test:443/', 'ws://a.test:443/'],
  ])('%s is %s', (text, href) => {
    expect(readUrl(text).href).toBe(href);
  });

  it.each(['', '/relative', '//a.test', 'a.test', 'ws://', 'ws://a b/'])(
    'what cannot be read without a base is a SyntaxError: "%s"',
    (text) => {
      expect(() => readUrl(text)).toThrow(named('SyntaxError'));
    },
  );

  it.each(['mailto:a@b.test', 'ftp://a.test/', 'about:blank', 'data:,x'])(
    'another scheme is a SyntaxError: %s',
    (text) => {
      expect(() => readUrl(text)).toThrow(named('SyntaxError'));
    },
  );

  it.each(['ws://a.test/#', 'ws://a.test/#part', 'http://a.test/?q#part'])(
    'a fragment is a SyntaxError, also an empty one: %s',
    (text) => {
      expect(() => readUrl(text)).toThrow(named('SyntaxError'));
    },
  );
});

describe('§3.1 subprotocols', () => {
  it('tokens are allowed, and case makes a difference', () => {
    expect(() => checkProtocols(['chat.v1', 'Chat.v1', "!#$%&'*+-.^_`|~"])).not.toThrow();
  });

  it.each(['', ' ', 'a b', 'a,b', 'a;b', 'a"', '(a)', 'a/b', 'a@b', '\u0000', '\u007f', 'ä', '\n'])(
    'what is no token is a SyntaxError: %j',
    (protocol) => {
      expect(() => checkProtocols(['fine', protocol])).toThrow(named('SyntaxError'));
    },
  );

  it('the same twice is a SyntaxError', () => {
    expect(() => checkProtocols(['a', 'b', 'a'])).toThrow(named('SyntaxError'));
  });
});
