/**
 * The client's side of a connection: out to a server, over whatever way leads there (RFC 6455 §4.1, RFC 8441).
 * In: a URL. Out: an open websocket. Fails: rejects with `ConnectionError`; misuse throws.
 */
import type { Socket } from 'node:net';
import { extendedRequest, requestHead } from '../protocol/index.ts';
import { readAddress } from './address.ts';
import { restfulClock, systemClock } from './clock.ts';
import { connectTo } from './connect.ts';
import type { Counters } from './counters.ts';
import { cut } from './cut.ts';
import { aborted } from './dial-errors.ts';
import { type Shaken, type Shaking, shakeHands } from './dial-http1.ts';
import { shakeHandsOn } from './dial-http2.ts';
import { DialQueue } from './dial-queue.ts';
import { type Engine, makeEngine } from './engine.ts';
import { Http2Pool } from './http2-pool.ts';
import { OpenWebsocket } from './open-websocket.ts';
import {
  type HandshakeOptions,
  handshakeOptions,
  type WebsocketOptions,
  websocketOptions,
} from './options.ts';
import { orAborted, startPatience } from './patience.ts';
import { keyOf, type Route, type RouteOptions, readRoute, serverOf } from './route.ts';
import { SocketLine } from './socket-line.ts';
import { tellOpened, watchDialling } from './watching.ts';
import type { Websocket } from './websocket.ts';

/** How `dial` connects, and what the websocket keeps to then. */
export interface DialOptions extends WebsocketOptions, HandshakeOptions, RouteOptions {
  /** Subprotocols to offer, best first. @default [] */
  readonly subprotocols?: readonly string[];
  /** Fields of the request besides the handshake's own, such as `Authorization`, `Cookie` or `Origin`. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * For wss: the websocket becomes a stream of an HTTP/2 connection, which it shares with others of the same way, where the server
   * speaks WebSocket so (RFC 8441); otherwise HTTP/1.1 as ever. @default false
   */
  readonly http2?: boolean;
  /**
   * Shakes hands beside other diallings of the same host and port. Otherwise each waits for the one before it, as RFC 6455 §4.1
   * asks; `handshakeWithinMs` begins when its turn comes. @default false
   */
  readonly atOnce?: boolean;
  /** Aborts the dialling; once open, closes the websocket with 1001. */
  readonly signal?: AbortSignal;
}

/** All websockets that were dialled share one timer. */
const engine: Engine = makeEngine(systemClock);
/** What was counted of all websockets that were dialled in this process. */
export const dialCounters: Counters = engine.counters;
const dialled: Set<OpenWebsocket> = new Set();
const queue = new DialQueue();
const pool = new Http2Pool(restfulClock);

/**
 * Opens a websocket. Nothing of it is read before the code behind your `await` has run, so add listeners there at once.
 * @param url `ws:` or `wss:`, or `http:` or `https:` for the same; or `ws+unix:/path/of/the/socket:/path`. No fragment (§3).
 * @throws {UsageError} `URL_INVALID`, `SUBPROTOCOL_INVALID`, `HEADER_INVALID`, `OPTION_INVALID` (as a rejection).
 */
export async function dial(url: string | URL, options: DialOptions = {}): Promise<Websocket> {
  const { signal } = options;
  const settings = websocketOptions(options);
  const deflate = settings.compression === false ? undefined : settings.compression.terms;
  const address = readAddress(url, { ...options, deflate });
  const limits = handshakeOptions(options);
  const { request } = address;
  const dialling: Dialling = {
    route: readRoute(address, options, limits, process.env),
    request,
    head: requestHead(request),
    limits,
    signal,
    atOnce: options.atOnce === true,
  };
  const isShared = options.http2 === true && address.secure;
  const fields = isShared ? extendedRequest({ ...request, scheme: 'https' }) : undefined;
  if (signal?.aborted) {
    throw aborted(signal);
  }
  const where = { path: pathOf(request.target), address: request.host };
  const { socket, already, agreed, suspect } = await watchDialling(where, engine, () => {
    const shaken = fields === undefined ? inTurn(dialling) : shared(dialling, fields);
    return orAborted(shaken, signal, (late) => cut(late.socket));
  });
  if (signal?.aborted) {
    cut(socket);
    throw aborted(signal);
  }
  const websocket = new OpenWebsocket({
    line: new SocketLine(socket),
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
  if (suspect !== undefined) {
    websocket.on('closed', ({ fault }) => fault?.name === 'PONG_MISSING' && suspect());
  }
  setImmediate(() => websocket.drive.start(already, () => {}));
  return websocket;
}

interface Dialling extends Shaking {
  readonly limits: Required<HandshakeOptions>;
  readonly route: Route;
  readonly signal: AbortSignal | undefined;
  readonly atOnce: boolean;
}

/** By HTTP/1.1, when those before it are done; on a socket that is there already, if it still is. */
function inTurn(dialling: Dialling, ready?: Socket): Promise<Shaken> {
  const { route, limits, signal, atOnce } = dialling;
  const shake = async (): Promise<Shaken> => {
    const patience = startPatience(systemClock, limits.handshakeWithinMs, signal);
    try {
      const isReady = ready !== undefined && !ready.destroyed;
      const socket = isReady ? ready : await connectTo(route, ['http/1.1'], patience.giveUp);
      return await shakeHands(socket, dialling, patience.giveUp);
    } finally {
      patience.end();
    }
  };
  return atOnce ? shake() : queue.run(serverOf(route), shake);
}

/** By HTTP/2, if the server does; otherwise by HTTP/1.1. A session is no WebSocket that is connecting: nothing waits for its turn. */
async function shared(
  dialling: Dialling,
  fields: Readonly<Record<string, string>>,
): Promise<Shaken> {
  const { route, limits, signal } = dialling;
  const patience = startPatience(systemClock, limits.handshakeWithinMs, signal);
  let ready: Socket | undefined;
  try {
    const connecting = (giveUp: AbortSignal): Promise<Socket> =>
      connectTo(route, ['h2', 'http/1.1'], giveUp);
    const found = await pool.find(keyOf(route), connecting, patience.giveUp, limits);
    if (found.seat !== undefined) {
      const shaken = await shakeHandsOn(found.seat, { ...dialling, fields }, patience.giveUp);
      if (shaken !== undefined) {
        return shaken;
      }
    }
    ready = found.socket;
  } finally {
    patience.end();
  }
  return inTurn(dialling, ready);
}

function closeOnAbort(websocket: Websocket, signal: AbortSignal): void {
  const onAbort = (): void => void websocket.close(1001, 'aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  websocket.on('closed', () => signal.removeEventListener('abort', onAbort));
}

function pathOf(target: string): string {
  return target.split('?', 1)[0]!;
}
