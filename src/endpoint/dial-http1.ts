/**
 * The client's side of a connection: out to a server, over TCP or TLS (RFC 6455 §4.1, HTTP/1.1).
 * In: a URL. Out: an open websocket. Fails: rejects with `ConnectionError`; misuse throws. Follows no redirect, so that no
 * credential ever goes to a server that was not named (THREATS A11).
 */
import { randomFillSync } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls';
import {
  type ConnectionOptions,
  checkResponse,
  type HandshakeRequest,
  HeadReader,
  headLimitDefaults,
  makeKey,
  requestHead,
  UsageError,
} from '../protocol/index.ts';
import { Alarms } from './alarms.ts';
import { systemClock } from './clock.ts';
import type { Engine } from './drive.ts';
import { ConnectionError } from './errors.ts';
import { websocketOptions } from './mounts.ts';
import { OpenWebsocket, type SendingOptions, type Websocket } from './websocket.ts';

export interface DialOptions extends ConnectionOptions, SendingOptions {
  /** Subprotocols to offer, best first. @default [] */
  readonly subprotocols?: readonly string[];
  /** Fields of the request besides the handshake's own, such as `Authorization`, `Cookie` or `Origin`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For wss: certificates, server name and whatever else Node's `tls.connect` takes. */
  readonly tls?: TlsOptions;
  /** Time for connecting and for the handshake together, in milliseconds. @default 10_000 */
  readonly handshakeWithinMs?: number;
  /** Aborts the dialling; once open, closes the websocket with 1001. */
  readonly signal?: AbortSignal;
}

/** All websockets that were dialled share one timer. */
const engine: Engine = {
  alarms: new Alarms(systemClock),
  nowMs: () => systemClock.nowMs(),
};

interface Address {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly request: HandshakeRequest;
}

/**
 * Opens a websocket. Nothing of it is read before the code behind your `await` has run, so add listeners there at once.
 * @param url `ws:` or `wss:`, or `http:` or `https:` for the same. No fragment (§3).
 * @throws {UsageError} `URL_INVALID`, `SUBPROTOCOL_INVALID`, `HEADER_INVALID`, `OPTION_INVALID` (as a rejection).
 */
export async function dial(url: string | URL, options: DialOptions = {}): Promise<Websocket> {
  const address = readAddress(url, options);
  const settings = websocketOptions(options);
  const { signal } = options;
  if (signal?.aborted) {
    throw aborted(signal);
  }
  const head = requestHead(address.request);
  const socket = connectTo(address, options.tls ?? {});
  const { already, subprotocol } = await shakeHands(socket, head, address.request, options);
  const websocket = new OpenWebsocket(socket, 'client', subprotocol, settings, engine);
  const onAbort = (): void => void websocket.close(1001, 'aborted');
  signal?.addEventListener('abort', onAbort, { once: true });
  websocket.on('closed', () => signal?.removeEventListener('abort', onAbort));
  setImmediate(() => websocket.drive.start(already, () => {}));
  return websocket;
}

function readAddress(url: string | URL, options: DialOptions): Address {
  if (!URL.canParse(String(url))) {
    throw new UsageError('URL_INVALID', 'the URL cannot be read');
  }
  const parsed = new URL(url);
  const secure = parsed.protocol === 'wss:' || parsed.protocol === 'https:';
  if (!secure && parsed.protocol !== 'ws:' && parsed.protocol !== 'http:') {
    throw new UsageError('URL_INVALID', `ws: or wss: is needed, not ${parsed.protocol}`);
  }
  if (parsed.hash !== '' || parsed.hostname === '') {
    throw new UsageError('URL_INVALID', 'a host is needed, and a fragment is not allowed (§3)');
  }
  const { username, password } = parsed;
  const headers = { ...options.headers };
  if (username !== '' || password !== '') {
    const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    headers['Authorization'] = `Basic ${Buffer.from(plain).toString('base64')}`;
  }
  const port = parsed.port === '' ? (secure ? 443 : 80) : Number(parsed.port);
  const isDefaultPort = port === (secure ? 443 : 80);
  return {
    secure,
    hostname: parsed.hostname.replace(/^\[|\]$/g, ''),
    port,
    request: {
      host: isDefaultPort ? parsed.hostname : `${parsed.hostname}:${port}`,
      target: `${parsed.pathname}${parsed.search}`,
      key: makeKey((into) => randomFillSync(into)),
      subprotocols: options.subprotocols ?? [],
      headers,
    },
  };
}

function connectTo({ secure, hostname, port }: Address, tls: TlsOptions): Socket {
  if (!secure) {
    return connect({ host: hostname, port, noDelay: true });
  }
  const socket = connectTls({
    servername: isIp(hostname) ? '' : hostname,
    ALPNProtocols: ['http/1.1'],
    ...tls,
    host: hostname,
    port,
  });
  socket.setNoDelay(true);
  return socket;
}

interface Agreement {
  readonly already: Buffer;
  readonly subprotocol: string | undefined;
}

/** Sends the request and reads the answer. Whatever goes wrong, the socket is gone afterwards. */
function shakeHands(
  socket: Socket,
  head: string,
  request: HandshakeRequest,
  options: DialOptions,
): Promise<Agreement> {
  const { signal, handshakeWithinMs = 10_000 } = options;
  const reader = new HeadReader(headLimitDefaults);
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('error', onError);
      socket.on('error', ignore);
      socket.pause();
    };
    const fail = (error: Error): void => {
      finish();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(aborted(signal!));
    const onClose = (): void =>
      fail(
        new ConnectionError('CONNECTION_LOST', 'the server hung up during the handshake', {
          retryable: true,
        }),
      );
    const onError = (cause: Error): void =>
      fail(new ConnectionError('CONNECT_FAILED', cause.message, { retryable: true, cause }));
    const onData = (chunk: Buffer): void => {
      const size = reader.read(chunk);
      const outcome = judge(reader, request);
      if (outcome instanceof Error) {
        fail(outcome);
      } else if (outcome !== undefined) {
        finish();
        resolve({ already: chunk.subarray(size), subprotocol: outcome.subprotocol });
      }
    };
    const timer = setTimeout(
      () =>
        fail(
          new ConnectionError('HANDSHAKE_TOO_LATE', `no websocket within ${handshakeWithinMs} ms`, {
            retryable: true,
          }),
        ),
      handshakeWithinMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('data', onData);
    socket.write(head, 'latin1');
  });
}

/** Undefined while the head is not whole. */
function judge(
  reader: HeadReader,
  request: HandshakeRequest,
): { readonly subprotocol: string | undefined } | ConnectionError | undefined {
  if (reader.fault !== undefined) {
    return new ConnectionError('HANDSHAKE_REFUSED', 'the answer is not HTTP/1.1', {
      retryable: false,
      fault: reader.fault,
    });
  }
  if (reader.head === undefined) {
    return undefined;
  }
  const answer = checkResponse(reader.head, request);
  if (!('name' in answer)) {
    return answer;
  }
  const { name, message, status } = answer;
  // A server that is busy or broken may be well later; one that says no will say no again.
  const retryable = status !== undefined && (status >= 500 || status === 429);
  return new ConnectionError('HANDSHAKE_REFUSED', message, { retryable, fault: name, status });
}

function aborted(signal: AbortSignal): ConnectionError {
  return new ConnectionError('DIAL_ABORTED', 'the dialling was aborted', {
    retryable: false,
    cause: signal.reason,
  });
}

function ignore(): void {
  // What a socket has to say in errors it says in `close` as well.
}

function isIp(hostname: string): boolean {
  return hostname.includes(':') || hostname.split('.').every((part) => /^\d{1,3}$/.test(part));
}
