/**
 * How a server is reached: everything that tells one connection from another.
 * In: an address, and what the application chose. Out: the route, and a key for it. Fails: `OPTION_INVALID`, thrown.
 */
import { isIP, type LookupFunction } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { type HeadLimits, UsageError } from '../protocol/index.ts';
import type { Address } from './address.ts';
import { type ProxyServer, readProxy } from './proxy.ts';
import type { Environment } from './proxy-environment.ts';

/** By which way a server is reached: TLS, proxies, addresses. */
export interface RouteOptions {
  /** For wss: certificates, the client's own too, server name, and whatever else Node's `tls.connect` takes. */
  readonly tls?: TlsOptions;
  /** A unix socket, or a named pipe of Windows, instead of the URL's host and port, which only the request names then. */
  readonly socketPath?: string;
  /** Looks up names as Node's `dns.lookup` does: those of proxies, where there is one. @default Node's */
  readonly lookup?: LookupFunction;
  /** An address of this machine to connect from. @default the system's choice */
  readonly localAddress?: string;
  /** Only addresses of this version of IP. @default both, tried in turn */
  readonly family?: 4 | 6;
  /**
   * The `http:` or `https:` URL of a proxy that knows CONNECT, with user and password if it wants them; or `'environment'`: what
   * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say, read as curl reads them. The proxy looks up the server's name.
   * @default false
   */
  readonly proxy?: string | URL | false;
  /** For a proxy of `https:`, what `tls` is for the server. Nothing of `tls` is used with a proxy. */
  readonly proxyTls?: TlsOptions;
}

export interface Route {
  readonly secure: boolean;
  /** A name, or an IP address without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly socketPath: string | undefined;
  readonly proxy: ProxyServer | undefined;
  readonly options: RouteOptions;
  /** Of what is answered, by a proxy too. */
  readonly limits: Required<HeadLimits>;
}

/** @throws {UsageError} `OPTION_INVALID` */
export function readRoute(
  address: Address,
  options: RouteOptions,
  limits: Required<HeadLimits>,
  environment: Environment,
): Route {
  const { family, localAddress, lookup } = options;
  const socketPath = address.socketPath ?? options.socketPath;
  mustBe(socketPath === undefined || isPath(socketPath), 'socketPath must be a path');
  mustBe(family === undefined || family === 4 || family === 6, 'family must be 4 or 6');
  mustBe(lookup === undefined || typeof lookup === 'function', 'lookup must be a function');
  mustBe(
    localAddress === undefined || isIP(localAddress) > 0,
    'localAddress must be an address of IP',
  );
  const isUnix = socketPath !== undefined;
  const chosen = isUnix && options.proxy === 'environment' ? false : options.proxy;
  const proxy = readProxy(chosen, address, environment);
  mustBe(!isUnix || proxy === undefined, 'there is no proxy to a socketPath');
  const { secure, hostname, port } = address;
  return { secure, hostname, port, socketPath, proxy, options, limits };
}

/** Diallings with the same name go to the same server. */
export function serverOf({ hostname, port, socketPath }: Route): string {
  return socketPath ?? `${hostname} ${port}`;
}

/**
 * Two routes with the same key lead to the same server in the same way, with the same certificates and limits. Objects are compared by
 * identity.
 */
export function keyOf(route: Route): string {
  const { hostname, port, socketPath, proxy, limits } = route;
  const { maxHeadBytes, maxHeaders } = limits;
  const { tls, proxyTls, lookup, localAddress, family } = route.options;
  const objects = [tls, proxyTls, lookup].map(idOf);
  const way = [hostname, port, socketPath, proxy, localAddress, family];
  return JSON.stringify([way, objects, maxHeadBytes, maxHeaders]);
}

const ids = new WeakMap<object, number>();
let lastId = 0;

function idOf(object: object | undefined): number {
  if (object === undefined) {
    return 0;
  }
  const known = ids.get(object);
  if (known !== undefined) {
    return known;
  }
  lastId += 1;
  ids.set(object, lastId);
  return lastId;
}

function isPath(path: unknown): boolean {
  return typeof path === 'string' && path !== '' && !path.includes('\0');
}

function mustBe(isSo: boolean, message: string): void {
  if (!isSo) {
    throw new UsageError('OPTION_INVALID', message);
  }
}
