/**
 * A way through a proxy (CONNECT, RFC 9110 §9.3.6).
 * In: a socket to the proxy, and where the way shall lead. Out: the same socket, which leads there. Fails: rejects with
 * `ConnectionError`, and the socket is gone. The proxy is told host and port and what is its own, and nothing for the server
 * (THREATS A11).
 */
import type { Socket } from 'node:net';
import type { HeadLimits } from '../protocol/index.ts';
import type { Expectation } from './answer.ts';
import { ask } from './ask.ts';
import { lost, refused } from './dial-errors.ts';
import type { ProxyServer } from './proxy.ts';

export interface TunnelEnd {
  /** A name, or an IP address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

export async function openTunnel(
  socket: Socket,
  end: TunnelEnd,
  { authorization }: Pick<ProxyServer, 'authorization'>,
  limits: Required<HeadLimits>,
  giveUp: AbortSignal,
): Promise<void> {
  const question = {
    head: connectHead(end, authorization),
    limits,
    expected: opening,
    hungUp: () => lost('the proxy hung up'),
    broke: (cause: Error) => lost(`the proxy: ${cause.message}`, cause),
  };
  const { already } = await ask(socket, question, giveUp);
  if (already.length > 0) {
    socket.unshift(already);
  }
}

function connectHead({ hostname, port }: TunnelEnd, authorization: string | undefined): string {
  const host = hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  const credentials =
    authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${credentials}\r\n`;
}

const notHttp = 'the answer of the proxy is not HTTP/1';
const opened = {};

/** A 2xx opens, whatever fields it has; behind its head the way begins. Many proxies say HTTP/1.0. */
const opening: Expectation<object> = {
  judge({ startLine }) {
    const digits = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(startLine)?.[1];
    const status = digits === undefined ? undefined : Number(digits);
    if (status === undefined) {
      return refused('PROXY_REFUSED', notHttp, { fault: 'HEAD_MALFORMED' });
    }
    if (status >= 200 && status <= 299) {
      return opened;
    }
    if (status < 200 && status !== 101) {
      return undefined;
    }
    return refused('PROXY_REFUSED', `the proxy answered ${startLine.slice(9, 100)}`, { status });
  },
  malformed: (fault) => refused('PROXY_REFUSED', notHttp, { fault }),
};
