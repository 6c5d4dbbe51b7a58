/**
 * The way to a server: TCP, a unix socket, a proxy between, TLS on top.
 * In: a route. Out: a connected socket, paused, whose errors have a listener. Fails: rejects with `ConnectionError`, and nothing is
 * left open. Which of a name's addresses answers first is Node's to find out (`autoSelectFamily`).
 */
import { connect, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import {
  connect as connectTls,
  type TLSSocket,
  type ConnectionOptions as TlsOptions,
} from 'node:tls';
import { lost, unreachable } from './dial-errors.ts';
import type { Route, RouteOptions } from './route.ts';
import { openTunnel } from './tunnel.ts';

/** @param protocols To be offered inside of TLS (RFC 7301), best first. */
export async function connectTo(
  route: Route,
  protocols: readonly string[],
  giveUp: AbortSignal,
): Promise<Socket> {
  const { secure, hostname, proxy, options } = route;
  if (giveUp.aborted) {
    throw giveUp.reason;
  }
  const tls: TlsOptions = {
    ...serverName(hostname),
    ALPNProtocols: [...protocols],
    ...options.tls,
  };
  if (proxy === undefined) {
    return secure
      ? connected(connectTls({ ...tls, ...placeOf(route) }), 'secureConnect', giveUp)
      : connected(connect(placeOf(route)), 'connect', giveUp);
  }
  const place = tcpPlace(proxy.hostname, proxy.port, options);
  const proxyTls = { ...serverName(proxy.hostname), ...options.proxyTls };
  const carrier = proxy.secure
    ? await connected(connectTls({ ...proxyTls, ...place }), 'secureConnect', giveUp)
    : await connected(connect(place), 'connect', giveUp);
  await openTunnel(carrier, route, proxy, route.limits, giveUp);
  if (!secure) {
    return carrier;
  }
  // The name is what the certificate is checked for.
  const inner = connectTls({ ...tls, host: hostname, socket: carrier });
  return connected(inner, 'secureConnect', giveUp);
}

/** RFC 6066 §3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"." */
function serverName(hostname: string): { readonly servername: string } {
  return { servername: isIP(hostname) > 0 ? '' : hostname };
}

function placeOf({ socketPath, hostname, port, options }: Route): TcpNetConnectOpts {
  const place = tcpPlace(hostname, port, options);
  // With a path Node connects there; TLS checks the certificate for the host all the same.
  return socketPath === undefined ? place : ({ ...place, path: socketPath } as TcpNetConnectOpts);
}

function tcpPlace(host: string, port: number, options: RouteOptions): TcpNetConnectOpts {
  const { lookup, localAddress, family } = options;
  return {
    host,
    port,
    noDelay: true,
    ...(lookup === undefined ? {} : { lookup }),
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(family === undefined ? {} : { family }),
  };
}

function connected<Connecting extends Socket | TLSSocket>(
  socket: Connecting,
  event: 'connect' | 'secureConnect',
  giveUp: AbortSignal,
): Promise<Connecting> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      giveUp.removeEventListener('abort', onAbort);
      socket.off(event, onConnect);
      socket.off('close', onClose);
      socket.off('error', onError);
      socket.on('error', ignore);
    };
    const fail = (error: unknown): void => {
      finish();
      socket.destroy();
      reject(error as Error);
    };
    const onAbort = (): void => fail(giveUp.reason);
    const onClose = (): void => fail(lost('the server hung up'));
    const onError = (cause: Error): void => fail(unreachable(socket, cause));
    const onConnect = (): void => {
      finish();
      socket.setNoDelay(true);
      resolve(socket);
    };
    giveUp.addEventListener('abort', onAbort, { once: true });
    socket.once(event, onConnect);
    socket.on('close', onClose);
    socket.on('error', onError);
  });
}

function ignore(): void {
  // What a socket has to say in errors it says in `close` as well.
}
