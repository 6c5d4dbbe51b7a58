/**
 * Who gets a websocket: the same questions in the same order, whatever version of HTTP asks.
 * In: a candidate. Out: it is opened, or refused. Fails: by answering the peer; whatever the peer or the application does meanwhile,
 * nothing is thrown and nothing is left open.
 */
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../ground/clock.ts';
import { type Agreed, type AgreeOptions, type Refusal, refusals } from '../protocol/index.ts';
import { cut } from './cut.ts';
import type { Engine } from './engine.ts';
import { isHostAllowed } from './hosts.ts';
import { type Io, lineOn } from './io.ts';
import type { Mount, MountOptions } from './mounts.ts';
import { OpenWebsocket, reportUncaught } from './open-websocket.ts';
import type { HandshakeOptions } from './options.ts';
import { isOriginAllowed } from './origins.ts';
import type { WebsocketRequest } from './request.ts';
import { tellOpened, tellRefused } from './watching.ts';

/** What the acceptors need of their endpoint. */
export interface Reception {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly handshake: Required<HandshakeOptions>;
  readonly io: Io;
  readonly isClosing: boolean;
  /** Sockets and streams that are not a websocket yet, or never will be. The endpoint cuts them when its time is up. */
  readonly greeted: Set<Duplex>;
  findMount(path: string): Mount | undefined;
  /** Those that are open or closing. */
  readonly websockets: Set<OpenWebsocket>;
}

/** A request for a websocket, and what its version of HTTP does about it. */
export interface Candidate<Accepted> {
  readonly socket: Duplex;
  readonly request: WebsocketRequest;
  readonly hasTooManyFields: boolean;
  /** What the protocol says. */
  accept(options: AgreeOptions): Accepted | Refusal;
  open(accepted: Accepted, mount: Mount): void;
  /** @throws {UsageError} `HEADER_INVALID` for a field that cannot be sent. */
  refuse(refusal: Refusal): void;
}

const stopping: Refusal = {
  name: 'UNAVAILABLE',
  status: 503,
  headers: { 'Retry-After': '5' },
  message: 'This server is stopping.',
};
const failed: Refusal = { name: 'REFUSED', status: 500, message: 'The server failed to answer.' };
const late: Refusal = { name: 'UNAVAILABLE', status: 503, message: 'The server took too long.' };
const tooMany: Refusal = { name: 'REFUSED', status: 431, message: 'Too many header fields.' };

/** How long a peer that we have told everything is listened to, so that it can end its side itself. Milliseconds. */
export const lingerMs = 1000;

type Admit = NonNullable<MountOptions['admit']>;

/** Never rejects. */
export async function judge<Accepted extends object>(
  candidate: Candidate<Accepted>,
  reception: Reception,
): Promise<void> {
  const { socket, request } = candidate;
  try {
    const mount = reception.findMount(request.path);
    const answer = firstAnswer(candidate, mount, reception);
    const decided =
      'name' in answer || mount?.options.admit === undefined
        ? answer
        : ((await admitted(mount.options.admit, candidate, reception)) ?? answer);
    // A stream of HTTP/2 that was reset is closed before it is destroyed.
    if (socket.destroyed || socket.closed) {
      return;
    }
    if ('name' in decided) {
      turnAway(candidate, decided, reception);
    } else if (reception.isClosing) {
      turnAway(candidate, stopping, reception);
    } else {
      candidate.open(decided, mount!);
    }
  } catch (error) {
    // The application answered with something that cannot be sent.
    reportUncaught(error);
    turnAway(candidate, failed, reception);
  }
}

type Turned = Pick<Candidate<unknown>, 'refuse' | 'request'>;

function turnAway(candidate: Turned, refusal: Refusal, { engine }: Reception): void {
  candidate.refuse(refusal);
  engine.counters.refused += 1;
  tellRefused(candidate.request, refusal);
}

function firstAnswer<Accepted>(
  candidate: Candidate<Accepted>,
  mount: Mount | undefined,
  reception: Reception,
): Accepted | Refusal {
  const { request } = candidate;
  if (reception.isClosing) {
    return stopping;
  }
  if (candidate.hasTooManyFields) {
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
  const { compression } = mount.connection;
  return candidate.accept({
    chooseSubprotocol: (offered) => spoken.find((name) => offered.includes(name)),
    ...(compression === false ? {} : { deflate: compression.terms }),
  });
}

/** What the application says, within the time for a handshake. Throwing is a refusal, and is not kept quiet. */
async function admitted(
  admit: Admit,
  { socket, request }: Candidate<unknown>,
  { clock, handshake, greeted }: Reception,
): Promise<Refusal | undefined> {
  greeted.add(socket);
  // What comes meanwhile is kept, and a peer that goes away is noticed.
  socket.on('readable', ignore);
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
    socket.off('readable', ignore);
    greeted.delete(socket);
  }
}

/** A refused peer has a second to read why; what it still says is passed over. */
export function linger(socket: Duplex, { clock, greeted }: Reception): void {
  greeted.add(socket);
  const cancel = clock.after(lingerMs, () => cut(socket));
  socket.once('close', () => {
    cancel();
    greeted.delete(socket);
  });
  socket.resume();
}

/** What is there when a request was accepted. */
export interface Welcome {
  readonly socket: Duplex;
  readonly request: WebsocketRequest;
  readonly agreed: Agreed;
  readonly mount: Mount;
  /** What leaves first. */
  readonly head: Uint8Array;
  /** What came behind the request. */
  readonly already: Uint8Array;
}

/** Gives the handler its websocket, before anything of it is read. */
export function welcome(
  { socket, request, agreed, mount, head, already }: Welcome,
  { engine, websockets, io }: Reception,
): void {
  const websocket = new OpenWebsocket({
    line: lineOn(socket, io),
    role: 'server',
    agreed,
    options: mount.connection,
    engine,
    among: websockets,
  });
  tellOpened(websocket, 'server', request, engine);
  websocket.drive.start(already, () => {
    websocket.drive.append(head);
    try {
      mount.handler(websocket, request);
    } catch (error) {
      reportUncaught(error);
      websocket.drive.connection.close(1011, 'the handler failed', websocket.drive.nowMs);
    }
  });
}

function ignore(): void {
  // What a socket has received it keeps.
}
