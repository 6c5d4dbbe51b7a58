/**
 * By which names this server may be asked for. A page of any site can have its own name point at this machine (DNS rebinding), and
 * is then a page "of the same host"; only the name in `Host` gives it away.
 * In: what the request says, and whom it came from. Out: yes or no. Cannot fail.
 */
import { isIPv4 } from 'node:net';
import type { HeaderList } from '../protocol/index.ts';
import type { WebsocketRequest } from './request.ts';

/**
 * `safe`: any name, but on connections from this very machine only `localhost`, those below it, and loopback addresses, unless a
 * proxy says that it passed the request on. A list: these names, with any port or with the one that is given. `any`: every name.
 */
export type Hosts = 'safe' | 'any' | readonly string[];

export function isHostAllowed(request: WebsocketRequest, hosts: Hosts): boolean {
  if (hosts === 'any') {
    return true;
  }
  const { headers } = request;
  const host = headers.one('host')?.toLowerCase() ?? '';
  const name = withoutPort(host);
  if (hosts !== 'safe') {
    return hosts.includes(host) || hosts.includes(name);
  }
  return isLocalName(name) || !isLoopback(request.address ?? '') || isForwarded(headers);
}

/** Whoever may be asked for by such a name is this machine, whatever a name server says (RFC 6761 §6.3). */
function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}

/** An address of the machine itself, as a socket or a URL writes it. */
function isLoopback(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return (plain.startsWith('127.') && isIPv4(plain)) || plain === '::1' || plain === '[::1]';
}

/** No page can make a browser say any of these in a handshake, so a proxy did. */
function isForwarded(headers: HeaderList): boolean {
  return proxyFields.some((name) => headers.has(name));
}

const proxyFields = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
}
