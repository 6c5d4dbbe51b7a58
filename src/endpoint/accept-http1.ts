/**
 * A request to upgrade becomes a websocket, or is refused (RFC 6455 §4.2, on Node's HTTP/1.1 server).
 * In: Node's `upgrade` event. Out: a websocket for the mount's handler. Fails: by answering the peer; whatever the peer does
 * meanwhile, nothing is thrown and nothing is left open.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../ground/clock.ts';
import {
  type Acceptance,
  accept,
  type Refusal,
  refusalResponse,
  refusals,
} from '../protocol/index.ts';
import type { Engine } from './drive.ts';
import { isHostAllowed } from './hosts.ts';
import { type Io, lineOn } from './io.ts';
import type { Mount, MountOptions } from './mounts.ts';
import { OpenWebsocket, reportUncaught } from './open-websocket.ts';
import type { HandshakeOptions } from './options.ts';
import { isOriginAllowed } from './origins.ts';
import { readRequest, type WebsocketRequest } from './request.ts';

/** What the acceptor needs of its endpoint. */
export interface Reception {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly handshake: Required<HandshakeOptions>;
  readonly io: Io;
  readonly isClosing: boolean;
  /** Sockets that are not a websocket yet, or never will be. The endpoint cuts them when its time is up. */
  readonly greeted: Set<Duplex>;
  findMount(path: string): Mount | undefined;
  /** Those that are open or closing. */
  readonly websockets: Set<OpenWebsocket>;
}

/** Node's `upgrade` event. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the head. */
  readonly already: Buffer;
  /** Most fields of a head that is sure to be whole: Node drops what is beyond the server's limit (THREATS A1). */
  readonly maxHeaders: number;
}

const stopping: Refusal = { name: 'UNAVAILABLE', status: 503, message: 'This server is stopping.' };
const failed: Refusal = { name: 'REFUSED', status: 500, message: 'The server failed to answer.' };
const late: Refusal = { name: 'UNAVAILABLE', status: 503, message: 'The server took too long.' };
const tooMany: Refusal = { name: 'REFUSED', status: 431, message: 'Too many header fields.' };

type Admit = NonNullable<MountOptions['admit']>;

/** How long a refused peer is listened to, so that it can read why. */
const lingerMs = 1000;

/** Never rejects. */
export async function acceptUpgrade(upgrade: Upgrade, reception: Reception): Promise<void> {
  const { incoming, socket } = upgrade;
  // Before anything else: a reset at any point of the handshake must find a listener.
  socket.on('error', ignore);
  if (isAnswering(socket)) {
    // Pipelined behind a request without an answer, which would come in the middle of our frames.
    socket.destroy();
    return;
  }
  try {
    const request = readRequest(incoming, socket);
    const mount = reception.findMount(request.path);
    const answer = judge(upgrade, request, mount, reception);
    const decided =
      'name' in answer || mount?.options.admit === undefined
        ? answer
        : ((await admitted(mount.options.admit, request, socket, reception)) ?? answer);
    if (socket.destroyed) {
      return;
    }
    if ('name' in decided) {
      refuse(socket, decided, reception);
    } else if (reception.isClosing) {
      refuse(socket, stopping, reception);
    } else {
      open(upgrade, request, decided, mount!, reception);
    }
  } catch (error) {
    // The application answered with something that cannot be sent.
    reportUncaught(error);
    refuse(socket, failed, reception);
  }
}

/**
 * Sends the refusal, and ends the connection: what was sent behind the request is never looked at (THREATS A9).
 * @throws {UsageError} `HEADER_INVALID` for a field that cannot be sent.
 */
export function refuse(socket: Duplex, refusal: Refusal, { clock, greeted }: Reception): void {
  const response = refusalResponse(refusal);
  greeted.add(socket);
  const cancel = clock.after(lingerMs, () => socket.destroy());
  socket.once('close', () => {
    cancel();
    greeted.delete(socket);
  });
  // It is gone by itself when it has ended on both sides, and not before the answer has left.
  socket.end(response, 'latin1');
  socket.resume();
}

/** Node keeps the response that is being written on its socket. */
function isAnswering(socket: Duplex): boolean {
  return Boolean((socket as { readonly _httpMessage?: unknown })._httpMessage);
}

function judge(
  { incoming, maxHeaders }: Upgrade,
  request: WebsocketRequest,
  mount: Mount | undefined,
  reception: Reception,
): Acceptance | Refusal {
  if (reception.isClosing) {
    return stopping;
  }
  if (incoming.rawHeaders.length / 2 > maxHeaders) {
    return tooMany;
  }
  if (mount === undefined) {
    return refusals.PATH_UNKNOWN;
  }
  const { hosts = 'safe', origins = 'same', subprotocols: spoken = [] } = mount.options;
  if (!isHostAllowed(request, hosts)) {
    return request.headers.one('host') ? refusals.HOST_REFUSED : refusals.HOST_INVALID;
  }
  if (!isOriginAllowed(request.headers, origins, request.secure)) {
    return refusals.ORIGIN_REFUSED;
  }
  return accept(request, {
    chooseSubprotocol: (offered) => spoken.find((name) => offered.includes(name)),
  });
}

/** What the application says, within the time for a handshake. Throwing is a refusal, and is not kept quiet. */
async function admitted(
  admit: Admit,
  request: WebsocketRequest,
  socket: Duplex,
  { clock, handshake, greeted }: Reception,
): Promise<Refusal | undefined> {
  greeted.add(socket);
  let cancel: Cancel | undefined;
  const tooLate = new Promise<Refusal>((resolve) => {
    cancel = clock.after(handshake.handshakeWithinMs, () => resolve(late));
  });
  try {
    return await Promise.race([admit(request), tooLate]);
  } catch (error) {
    reportUncaught(error);
    return failed;
  } finally {
    cancel?.();
    greeted.delete(socket);
  }
}

function open(
  { socket, already }: Upgrade,
  request: WebsocketRequest,
  { response, agreed }: Acceptance,
  mount: Mount,
  reception: Reception,
): void {
  const tcp = socket as Partial<Socket>;
  tcp.setTimeout?.(0);
  tcp.setNoDelay?.(true);
  const websocket = new OpenWebsocket({
    line: lineOn(socket, reception.io),
    role: 'server',
    agreed,
    options: mount.connection,
    engine: reception.engine,
    among: reception.websockets,
  });
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
