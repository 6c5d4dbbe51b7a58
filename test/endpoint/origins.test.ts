import { describe, expect, it } from 'vitest';
import { isOriginAllowed, type Origins } from '../../src/endpoint/origins.ts';
import { HeaderList } from '../../src/protocol/index.ts';

function isAllowed(
  origins: readonly string[],
  {
    policy = 'same',
    host = 'app.example:8080',
    secure = false,
  }: {
    policy?: Origins;
    host?: string;
    secure?: boolean;
  } = {},
): boolean {
  const raw = ['Host', host, ...origins.flatMap((origin) => ['Origin', origin])];
  return isOriginAllowed(new HeaderList(raw), policy, secure);
}

describe('A7 same: pages of the host that was asked, and programs', () => {
  it.each([
    ['the same', 'http://app.example:8080', true],
    ['in upper case', 'HTTP://APP.EXAMPLE:8080', true],
    ['another port', 'http://app.example:8081', false],
    ['no port', 'http://app.example', false],
    ['https', 'https://app.example:8080', false],
    ['a host below', 'http://sub.app.example:8080', false],
    ['a host that begins like it', 'http://app.example.evil.com:8080', false],
    ['a host that ends like it', 'http://evilapp.example:8080', false],
    ['a trailing dot', 'http://app.example.:8080', false],
    ['null', 'null', false],
    ['empty', '', false],
    ['no origin at all', 'app.example:8080', false],
    ['a path', 'http://app.example:8080/path', false],
    ['another scheme', 'file://app.example:8080', false],
    ['an extension', 'chrome-extension://app.example', false],
    ['an IP literal', 'http://127.0.0.1:8080', false],
  ])('%s', (_what, origin, expected) => {
    expect(isAllowed([origin])).toBe(expected);
  });

  it('a program, which sends none, may connect', () => {
    expect(isAllowed([])).toBe(true);
  });

  it('two are refused, even alike', () => {
    expect(isAllowed(['http://app.example:8080', 'http://app.example:8080'])).toBe(false);
  });

  it.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080', true],
    ['[::1]:8080', 'http://[::1]:8080', true],
    ['127.0.0.1:8080', 'http://localhost:8080', false],
    ['xn--bcher-kva.example', 'http://xn--bcher-kva.example', true],
    ['xn--bcher-kva.example', 'http://bucher.example', false],
    ['app.example', 'http://app.example:80', true],
    ['app.example:80', 'http://app.example', true],
    ['app.example:443', 'http://app.example', false],
    ['', 'http://app.example', false],
    ['a b', 'http://a b', false],
  ])('asked as %j, a page of %j: %j', (host, origin, expected) => {
    expect(isAllowed([origin], { host })).toBe(expected);
  });

  it('over TLS the page must be of https, with its default port or without', () => {
    const over = { host: 'app.example', secure: true };
    expect(isAllowed(['https://app.example'], over)).toBe(true);
    expect(isAllowed(['https://app.example:443'], over)).toBe(true);
    expect(isAllowed(['http://app.example'], over)).toBe(false);
  });

  it('two Host fields match no page', () => {
    const raw = ['Host', 'a.example', 'Host', 'b.example', 'Origin', 'http://a.example'];
    expect(isOriginAllowed(new HeaderList(raw), 'same', false)).toBe(false);
  });
});

describe('a list: these origins exactly, and programs', () => {
  const policy = ['https://app.example', 'http://localhost:3000'];
  it.each([
    ['https://app.example', true],
    ['http://localhost:3000', true],
    ['https://APP.example', false],
    ['https://app.example:443', false],
    ['https://app.example/', false],
    ['http://app.example', false],
    ['http://app.example:8080', false],
    ['https://app.example.evil.com', false],
    ['null', false],
    ['', false],
  ])('%j: %j', (origin, expected) => {
    expect(isAllowed([origin], { policy })).toBe(expected);
  });

  it('programs may connect, two origins may not', () => {
    expect(isAllowed([], { policy })).toBe(true);
    expect(isAllowed([policy[0]!, policy[0]!], { policy })).toBe(false);
  });

  it('an empty one keeps all pages out', () => {
    expect(isAllowed(['http://app.example:8080'], { policy: [] })).toBe(false);
  });
});

describe('any', () => {
  it.each(['https://evil.example', 'null', ''])('%j', (origin) => {
    expect(isAllowed([origin], { policy: 'any' })).toBe(true);
  });
});
