/**
 * A way through a proxy (CONNECT, RFC 9110 §9.3.6).
 * In: a socket to the proxy, and where the way shall lead. Out: the same socket, which leads there. Fails: rejects with
 * `ConnectionError`, and the socket is gone. The proxy is told host and port and what is its own, and nothing for the server
 * (THREATS A11).
 */
import type { Socket } from 'node:net';
import { type HeadLimits, HeadReader } from '../protocol/index.ts';
import { lost, refused } from './dial-errors.ts';
import type { ConnectionError } from './errors.ts';
import type { ProxyServer } from './proxy.ts';

export interface TunnelEnd {
  /** A name, or an IP address without brackets. */
  readonly hostname: string;
  readonly port: number;
}

export function openTunnel(
  socket: Socket,
  end: TunnelEnd,
  { authorization }: Pick<ProxyServer, 'authorization'>,
  limits: Required<HeadLimits>,
  giveUp: AbortSignal,
): Promise<void> {
  const answer = new ProxyAnswer(limits);
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      giveUp.removeEventListener('abort', onAbort);
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('error', onError);
      socket.pause();
    };
    const fail = (error: unknown): void => {
      finish();
      socket.destroy();
      reject(error as Error);
    };
    const onAbort = (): void => fail(giveUp.reason);
    const onClose = (): void => fail(lost('the proxy hung up'));
    const onError = (cause: Error): void => fail(lost(`the proxy: ${cause.message}`, cause));
    const onData = (chunk: Buffer): void => {
      const size = answer.read(chunk);
      if (answer.outcome instanceof Error) {
        fail(answer.outcome);
      } else if (answer.outcome === 'open') {
        finish();
        if (size < chunk.length) {
          socket.unshift(chunk.subarray(size));
        }
        resolve();
      }
    };
    giveUp.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('data', onData);
    if (giveUp.aborted || socket.destroyed) {
      fail(giveUp.aborted ? giveUp.reason : lost('the proxy hung up'));
      return;
    }
    socket.write(connectHead(end, authorization), 'latin1');
    socket.resume();
  });
}

function connectHead({ hostname, port }: TunnelEnd, authorization: string | undefined): string {
  const host = hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  const credentials =
    authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${credentials}\r\n`;
}

const notHttp = 'the answer of the proxy is not HTTP/1';

/** Reads heads up to the one that counts; all together have one limit, as those of a server (THREATS A5). */
class ProxyAnswer {
  outcome: 'open' | ConnectionError | undefined;
  private readonly maxHeaders: number;
  private bytesLeft: number;
  private reader: HeadReader;

  constructor({ maxHeadBytes, maxHeaders }: Required<HeadLimits>) {
    this.maxHeaders = maxHeaders;
    this.bytesLeft = maxHeadBytes;
    this.reader = this.nextReader();
  }

  /** Gives how many bytes of the chunk were read: all, unless `outcome` is set. */
  read(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && this.outcome === undefined) {
      const size = this.reader.read(chunk.subarray(at));
      at += size;
      this.bytesLeft -= size;
      const { head, fault } = this.reader;
      if (fault !== undefined) {
        this.outcome = refused('PROXY_REFUSED', notHttp, { fault });
      } else if (head !== undefined) {
        this.judge(head.startLine);
      }
    }
    return at;
  }

  /** A 2xx opens, whatever fields it has; behind its head the way begins. Many proxies say HTTP/1.0. */
  private judge(startLine: string): void {
    const digits = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(startLine)?.[1];
    const status = digits === undefined ? undefined : Number(digits);
    if (status === undefined) {
      this.outcome = refused('PROXY_REFUSED', notHttp, { fault: 'HEAD_MALFORMED' });
    } else if (status >= 200 && status <= 299) {
      this.outcome = 'open';
    } else if (status < 200 && status !== 101) {
      this.reader = this.nextReader();
    } else {
      const said = startLine.slice(9, 100);
      this.outcome = refused('PROXY_REFUSED', `the proxy answered ${said}`, { status });
    }
  }

  private nextReader(): HeadReader {
    return new HeadReader({ maxHeadBytes: this.bytesLeft, maxHeaders: this.maxHeaders });
  }
}
