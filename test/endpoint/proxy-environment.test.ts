import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment } from '../../src/endpoint/proxy-environment.ts';

const secure = { secure: true, hostname: 'chat.example' };
const plain = { secure: false, hostname: 'chat.example' };

describe('curl(1) ENVIRONMENT: which proxy', () => {
  it.each([
    [secure, { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    [secure, { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:2' }, 'http://p:1'],
    [plain, { http_proxy: 'http://p:1' }, 'http://p:1'],
    [plain, { HTTPS_PROXY: 'http://p:1' }, undefined],
    [secure, { http_proxy: 'http://p:1' }, undefined],
    [secure, { ALL_PROXY: 'http://p:1' }, 'http://p:1'],
    [plain, { all_proxy: 'http://p:1', ALL_PROXY: 'http://q:2' }, 'http://p:1'],
    [secure, { HTTPS_PROXY: 'http://p:1', ALL_PROXY: 'http://q:2' }, 'http://p:1'],
    [secure, { HTTPS_PROXY: '', ALL_PROXY: 'http://q:2' }, 'http://q:2'],
    [secure, { HTTPS_PROXY: 'p:1' }, 'http://p:1'],
    [secure, {}, undefined],
  ])('%j and %j: %s', (target, environment, expected) => {
    expect(proxyFromEnvironment(target, environment)).toBe(expected);
  });

  it('CVE-2016-5385: HTTP_PROXY in capitals is a field that a client of a CGI program sent', () => {
    expect(proxyFromEnvironment(plain, { HTTP_PROXY: 'http://evil:1' })).toBeUndefined();
  });
});

describe('curl(1) NO_PROXY: who is reached without', () => {
  const isExempt = (hostname: string, list: string): boolean =>
    proxyFromEnvironment(
      { secure: true, hostname },
      { HTTPS_PROXY: 'http://p:1', NO_PROXY: list },
    ) === undefined;

  it.each([
    ['chat.example', '*'],
    ['chat.example', 'chat.example'],
    ['CHAT.example', 'chat.EXAMPLE'],
    ['chat.example.', 'chat.example'],
    ['chat.example', 'chat.example.'],
    ['a.chat.example', 'chat.example'],
    ['a.chat.example', '.chat.example'],
    ['chat.example', '.chat.example'],
    ['chat.example', 'other.example, chat.example'],
    ['chat.example', 'other.example chat.example'],
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3', '10.0.0.0/8'],
    ['10.1.2.3', '0.0.0.0/0'],
    ['::1', '::1'],
    ['::1', '[::1]'],
    ['fe80::1', 'fe80::/10'],
  ])('%s with %j', (hostname, list) => {
    expect(isExempt(hostname, list)).toBe(true);
  });

  it.each([
    ['chat.example', ''],
    ['chat.example', ','],
    ['chat.example', '.'],
    ['mychat.example', 'chat.example'],
    ['example', 'chat.example'],
    ['chat.example', '*.example'],
    ['10.1.2.3', '10.1.2.4'],
    ['10.1.2.3', '11.0.0.0/8'],
    ['10.1.2.3', '10.0.0.0/33'],
    ['10.1.2.3', '10.0.0.0/'],
    ['10.1.2.3', '10.0.0.0/x'],
    ['10.1.2.3', '1.2.3'],
    ['fe80::1', '10.0.0.0/8'],
  ])('not %s with %j', (hostname, list) => {
    expect(isExempt(hostname, list)).toBe(false);
  });

  it('no_proxy in small letters comes first', () => {
    const environment = { HTTPS_PROXY: 'http://p:1', no_proxy: 'a.example', NO_PROXY: '*' };
    expect(proxyFromEnvironment(secure, environment)).toBe('http://p:1');
  });
});
