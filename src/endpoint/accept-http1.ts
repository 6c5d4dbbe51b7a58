/**
 * A request to upgrade becomes a websocket, or is refused (RFC 6455 §4.2, on Node's HTTP/1.1 server).
 * In: Node's `upgrade` event. Out: a websocket for the mount's handler. Fails: by answering the peer; whatever the peer does
 * meanwhile, nothing is thrown and nothing is left open.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type Acceptance,
  accept,
  type Refusal,
  refusalResponse,
  refusals,
} from '../protocol/index.ts';
import type { Engine } from './drive.ts';
import type { Mount } from './mounts.ts';
import { isOriginAllowed } from './origins.ts';
import { readRequest, type WebsocketRequest } from './request.ts';
import { OpenWebsocket, reportUncaught } from './websocket.ts';

/** What the acceptor needs of its endpoint. */
export interface Reception {
  readonly engine: Engine;
  readonly handshakeWithinMs: number;
  readonly isClosing: boolean;
  findMount(path: string): Mount | undefined;
  opened(websocket: OpenWebsocket): void;
}

const stopping: Refusal = { name: 'UNAVAILABLE', status: 503, message: 'This server is stopping.' };
const failed: Refusal = { name: 'REFUSED', status: 500, message: 'The server failed to answer.' };
const late: Refusal = { name: 'UNAVAILABLE', status: 503, message: 'The server took too long.' };

/** How long a refused peer is listened to, so that it can read why. */
const lingerMs = 1000;

/** Never rejects. */
export async function acceptUpgrade(
  incoming: IncomingMessage,
  socket: Duplex,
  already: Buffer,
  reception: Reception,
): Promise<void> {
  // Before anything else: a reset at any point of the handshake must find a listener.
  socket.on('error', ignore);
  const request = readRequest(incoming, socket);
  const mount = reception.findMount(request.path);
  const refusal = refuseAtOnce(request, mount, reception);
  if (refusal !== undefined || mount === undefined) {
    refuse(socket, refusal ?? refusals.PATH_UNKNOWN);
    return;
  }
  const answer = decide(request, mount);
  const decided =
    'name' in answer || mount.options.admit === undefined
      ? answer
      : ((await admitted(request, mount, reception)) ?? answer);
  if (socket.destroyed) {
    return;
  }
  if ('name' in decided) {
    refuse(socket, decided);
  } else if (reception.isClosing) {
    refuse(socket, stopping);
  } else {
    open(socket, already, request, decided, mount, reception);
  }
}

/** Sends the refusal, and ends the connection: what was sent behind the request is never looked at (THREATS A9). */
export function refuse(socket: Duplex, refusal: Refusal): void {
  socket.resume();
  socket.end(refusalResponse(refusal), 'latin1');
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}

function refuseAtOnce(
  request: WebsocketRequest,
  mount: Mount | undefined,
  reception: Reception,
): Refusal | undefined {
  if (reception.isClosing) {
    return stopping;
  }
  if (mount === undefined) {
    return refusals.PATH_UNKNOWN;
  }
  const isAllowed = isOriginAllowed(
    request.headers,
    mount.options.origins ?? 'same',
    request.secure,
  );
  return isAllowed ? undefined : refusals.ORIGIN_REFUSED;
}

function decide(request: WebsocketRequest, mount: Mount): Acceptance | Refusal {
  const spoken = mount.options.subprotocols ?? [];
  return accept(request, {
    chooseSubprotocol: (offered) => spoken.find((name) => offered.includes(name)),
  });
}

/** What the application says, within the time for a handshake. Throwing is a refusal, and is not kept quiet. */
async function admitted(
  request: WebsocketRequest,
  mount: Mount,
  reception: Reception,
): Promise<Refusal | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Refusal>((resolve) => {
    timer = setTimeout(() => resolve(late), reception.handshakeWithinMs);
  });
  try {
    return await Promise.race([mount.options.admit?.(request), tooLate]);
  } catch (error) {
    reportUncaught(error);
    return failed;
  } finally {
    clearTimeout(timer);
  }
}

function open(
  socket: Duplex,
  already: Buffer,
  request: WebsocketRequest,
  { response, subprotocol }: Acceptance,
  mount: Mount,
  reception: Reception,
): void {
  const tcp = socket as Partial<Socket>;
  tcp.setTimeout?.(0);
  tcp.setNoDelay?.(true);
  const websocket = new OpenWebsocket(
    socket,
    'server',
    subprotocol,
    mount.connection,
    reception.engine,
  );
  reception.opened(websocket);
  websocket.drive.start(already, () => {
    websocket.drive.append(Buffer.from(response, 'latin1'));
    try {
      mount.handler(websocket, request);
    } catch (error) {
      reportUncaught(error);
      websocket.drive.connection.close(1011, 'the handler failed', websocket.drive.nowMs);
    }
  });
}

function ignore(): void {
  // What a socket has to say in errors it says in `close` as well.
}
