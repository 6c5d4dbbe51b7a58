import { describe, expect, it } from 'vitest';
import { type Hosts, isHostAllowed } from '../../src/endpoint/hosts.ts';
import type { WebsocketRequest } from '../../src/endpoint/request.ts';
import { HeaderList } from '../../src/protocol/index.ts';
import { receive } from './reception.ts';
import { RawPeer, upgradeHead } from './support.ts';

interface Asked {
  readonly address?: string | undefined;
  readonly fields?: readonly string[];
}

function isAllowed(host: string | undefined, hosts: Hosts, asked: Asked = {}): boolean {
  const { address = '127.0.0.1', fields = [] } = asked;
  const own = host === undefined ? [] : ['Host', host];
  const headers = new HeaderList([...own, ...fields]);
  return isHostAllowed({ headers, address } as WebsocketRequest, hosts);
}

describe('A8 safe: on connections from this machine only its own names', () => {
  it.each([
    ['localhost', true],
    ['LOCALHOST:8080', true],
    ['app.localhost:8080', true],
    ['127.0.0.1:8080', true],
    ['127.8.9.1', true],
    ['[::1]:8080', true],
    ['[::1]', true],
    ['evil.com', false],
    ['evil.com:8080', false],
    ['127.0.0.1.nip.io', false],
    ['127.evil.com', false],
    ['localhost.evil.com', false],
    ['evillocalhost', false],
    ['localhost.', false],
    ['[::2]', false],
    ['192.168.0.1', false],
    ['', false],
    [undefined, false],
  ])('asked as %j: %j', (host, expected) => {
    expect(isAllowed(host, 'safe')).toBe(expected);
    expect(isAllowed(host, 'safe', { address: '::1' })).toBe(expected);
    expect(isAllowed(host, 'safe', { address: '::ffff:127.0.0.1' })).toBe(expected);
  });

  it('two names are none', () => {
    expect(isAllowed('localhost', 'safe', { fields: ['Host', 'localhost'] })).toBe(false);
  });

  it('from elsewhere, and over a unix socket, any name will do', () => {
    expect(isAllowed('acme.dev', 'safe', { address: '203.0.113.9' })).toBe(true);
    const headers = new HeaderList(['Host', 'acme.dev']);
    expect(isHostAllowed({ headers, address: undefined } as WebsocketRequest, 'safe')).toBe(true);
  });

  it('a proxy on this machine that says that it is one may pass any name on', () => {
    for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP']) {
      expect(isAllowed('acme.dev', 'safe', { fields: [name, 'x'] })).toBe(true);
    }
    expect(isAllowed('acme.dev', 'safe', { fields: ['X-Forwarded', 'x'] })).toBe(false);
  });
});

describe('a list of hosts: these names', () => {
  const hosts = ['acme.dev', 'localhost:8080'];
  it.each([
    ['acme.dev', true],
    ['ACME.dev:443', true],
    ['localhost:8080', true],
    ['localhost:8081', false],
    ['localhost', false],
    ['sub.acme.dev', false],
    ['', false],
  ])('asked as %j: %j', (host, expected) => {
    expect(isAllowed(host, hosts)).toBe(expected);
    expect(isAllowed(host, hosts, { address: '203.0.113.9' })).toBe(expected);
  });
});

describe('any host', () => {
  it('is not asked for its name', () => {
    expect(isAllowed('evil.com', 'any')).toBe(true);
  });
});

describe('A8 over a real socket', () => {
  async function statusFor(host: string, hosts?: Hosts): Promise<string> {
    const options = { origins: 'any', ...(hosts === undefined ? {} : { hosts }) } as const;
    const { port } = await receive(options);
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ fields: { Host: host } }));
    return (await peer.head()).slice(9, 12);
  }

  it('refuses a rebound name with 403, also to a peer that sends no Origin', async () => {
    expect(await statusFor('evil.com:80')).toBe('403');
    expect(await statusFor('127.0.0.1.nip.io')).toBe('403');
    expect(await statusFor('localhost')).toBe('101');
  });

  it('lets the names in that the application lists', async () => {
    expect(await statusFor('acme.test', ['acme.test'])).toBe('101');
    expect(await statusFor('localhost', ['acme.test'])).toBe('403');
    expect(await statusFor('evil.com', 'any')).toBe('101');
  });
});
