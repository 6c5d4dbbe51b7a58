/**
 * The client's side of a connection: out to a server, over TCP or TLS (RFC 6455 §4.1, HTTP/1.1).
 * In: a URL. Out: an open websocket. Fails: rejects with `ConnectionError`; misuse throws. Follows no redirect, so that no
 * credential ever goes to a server that was not named (THREATS A11).
 */
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions as TlsOptions } from 'node:tls';
import { type Agreed, type HandshakeRequest, requestHead } from '../protocol/index.ts';
import { type Address, readAddress } from './address.ts';
import { Alarms } from './alarms.ts';
import { AnswerReader } from './answer.ts';
import { systemClock } from './clock.ts';
import { type Counters, Tally } from './counters.ts';
import { DialQueue } from './dial-queue.ts';
import type { Engine } from './drive.ts';
import { ConnectionError } from './errors.ts';
import { OpenWebsocket } from './open-websocket.ts';
import {
  type HandshakeOptions,
  handshakeOptions,
  type WebsocketOptions,
  websocketOptions,
} from './options.ts';
import { tellOpened, watchDialling } from './watching.ts';
import type { Websocket } from './websocket.ts';

export interface DialOptions extends WebsocketOptions, HandshakeOptions {
  /** Subprotocols to offer, best first. @default [] */
  readonly subprotocols?: readonly string[];
  /** Fields of the request besides the handshake's own, such as `Authorization`, `Cookie` or `Origin`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For wss: certificates, server name and whatever else Node's `tls.connect` takes. */
  readonly tls?: TlsOptions;
  /**
   * Shakes hands beside other diallings of the same host and port. Otherwise each waits for the one before it, as RFC 6455 §4.1
   * asks; `handshakeWithinMs` begins when its turn comes. @default false
   */
  readonly atOnce?: boolean;
  /** Aborts the dialling; once open, closes the websocket with 1001. */
  readonly signal?: AbortSignal;
}

/** All websockets that were dialled share one timer. */
const engine: Engine = {
  alarms: new Alarms(systemClock),
  counters: new Tally(),
  nowMs: () => systemClock.nowMs(),
};
/** What was counted of all websockets that were dialled in this process. */
export const dialCounters: Counters = engine.counters;
const dialled: Set<OpenWebsocket> = new Set();
const queue = new DialQueue();

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
  const limits = handshakeOptions(options);
  const head = requestHead(address.request);
  const shake = (): Promise<Shaken> => {
    if (signal?.aborted) {
      throw aborted(signal);
    }
    const socket = connectTo(address, options.tls ?? {});
    return shakeHands({ socket, head, request: address.request, limits, signal });
  };
  const server = `${address.hostname} ${address.port}`;
  const where = { path: pathOf(address.request.target), address: address.request.host };
  const { socket, already, agreed } = await watchDialling(where, engine, () => {
    const shaken = options.atOnce === true ? shake() : queue.run(server, async () => shake());
    return orAborted(shaken, signal);
  });
  if (signal?.aborted) {
    socket.destroy();
    throw aborted(signal);
  }
  const websocket = new OpenWebsocket({
    socket,
    role: 'client',
    agreed,
    options: settings,
    engine,
    among: dialled,
  });
  tellOpened(websocket, 'client', where, engine);
  if (signal !== undefined) {
    closeOnAbort(websocket, signal);
  }
  setImmediate(() => websocket.drive.start(already, () => {}));
  return websocket;
}

function closeOnAbort(websocket: Websocket, signal: AbortSignal): void {
  const onAbort = (): void => void websocket.close(1001, 'aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  websocket.on('closed', () => signal.removeEventListener('abort', onAbort));
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

/** What waits for its turn does not wait when the application has given up. */
function orAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) {
    return work;
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

interface Shaking {
  readonly socket: Socket;
  readonly head: string;
  readonly request: HandshakeRequest;
  readonly limits: Required<HandshakeOptions>;
  readonly signal: AbortSignal | undefined;
}

interface Shaken {
  readonly agreed: Agreed;
  readonly socket: Socket;
  /** What came behind the answer. */
  readonly already: Buffer;
}

/** Sends the request and reads the answer. Whatever goes wrong, the socket is gone afterwards. */
function shakeHands({ socket, head, request, limits, signal }: Shaking): Promise<Shaken> {
  const reader = new AnswerReader(request, limits);
  let isConnected = false;
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      cancel();
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
    const onClose = (): void => fail(lost('the server hung up during the handshake'));
    const onError = (cause: Error): void =>
      fail(isConnected ? lost(cause.message, cause) : unreachable(socket, cause));
    const onData = (chunk: Buffer): void => {
      const size = reader.read(chunk);
      const { outcome } = reader;
      if (outcome instanceof Error) {
        fail(outcome);
      } else if (outcome !== undefined) {
        finish();
        resolve({ socket, already: chunk.subarray(size), agreed: outcome });
      }
    };
    const { handshakeWithinMs } = limits;
    const cancel = systemClock.after(handshakeWithinMs, () => fail(late(handshakeWithinMs)));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
      isConnected = true;
    });
    socket.on('error', onError);
    socket.on('close', onClose);
    socket.on('data', onData);
    socket.write(head, 'latin1');
  });
}

function lost(message: string, cause?: Error): ConnectionError {
  return new ConnectionError('CONNECTION_LOST', message, { retryable: true, cause });
}

function late(withinMs: number): ConnectionError {
  return new ConnectionError('HANDSHAKE_TOO_LATE', `no websocket within ${withinMs} ms`, {
    retryable: true,
  });
}

/** There never was a connection. A certificate that was refused will be refused again. */
function unreachable(socket: Socket, cause: Error): ConnectionError {
  // When every address of a host was tried in vain, Node leaves the message empty.
  const message = cause.message || String((cause as NodeJS.ErrnoException).code);
  const retryable = !('authorizationError' in socket && socket.authorizationError);
  return new ConnectionError('CONNECT_FAILED', message, { retryable, cause });
}

function aborted(signal: AbortSignal): ConnectionError {
  return new ConnectionError('DIAL_ABORTED', 'the dialling was aborted', {
    retryable: false,
    cause: signal.reason,
  });
}

function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}

function ignore(): void {
  // What a socket has to say in errors it says in `close` as well.
}

function isIp(hostname: string): boolean {
  return hostname.includes(':') || hostname.split('.').every((part) => /^\d{1,3}$/.test(part));
}
