/**
 * A request to upgrade becomes a websocket, or is refused (RFC 6455 §4.2, over HTTP/1.1).
 * In: the request and its socket. Out: a websocket for the mount's handler. Fails: by answering the peer; whatever the peer does
 * meanwhile, nothing is thrown and nothing is left open.
 */
import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Acceptance, accept, type Refusal, refusalResponse } from '../protocol/index.ts';
import { judge, linger, type Reception, welcome } from './judge.ts';
import type { WebsocketRequest } from './request.ts';

/** A request that asks for an upgrade, whoever read its head. */
export interface Upgrade {
  readonly request: WebsocketRequest;
  readonly socket: Duplex;
  /** What came behind the head. */
  readonly already: Buffer;
  /** Most fields of a head that is sure to be whole: Node drops what is beyond the server's limit (THREATS A1). */
  readonly maxHeaders: number;
}

/** Never rejects. */
export async function acceptUpgrade(
  { request, socket, already, maxHeaders }: Upgrade,
  reception: Reception,
): Promise<void> {
  // Before anything else: a reset at any point of the handshake must find a listener.
  socket.on('error', ignore);
  if (isAnswering(socket)) {
    // Pipelined behind a request without an answer, which would come in the middle of our frames.
    socket.destroy();
    return;
  }
  await judge<Acceptance>(
    {
      socket,
      request,
      hasTooManyFields: request.headers.count > maxHeaders,
      accept: (options) => accept(request, { ...options, sha1 }),
      open({ response, agreed }, mount) {
        const tcp = socket as Partial<Socket>;
        tcp.setTimeout?.(0);
        tcp.setNoDelay?.(true);
        const head = Buffer.from(response, 'latin1');
        welcome({ socket, request, agreed, mount, head, already }, reception);
      },
      refuse: (refusal) => refuse(socket, refusal, reception),
    },
    reception,
  );
}

/**
 * Sends the refusal, and ends the connection: what was sent behind the request is never looked at (THREATS A9).
 * @throws {UsageError} `HEADER_INVALID` for a field that cannot be sent.
 */
function refuse(socket: Duplex, refusal: Refusal, reception: Reception): void {
  // It is gone by itself when it has ended on both sides, and not before the answer has left.
  socket.end(refusalResponse(refusal), 'latin1');
  linger(socket, reception);
}

/** Node keeps the response that is being written on its socket. */
function isAnswering(socket: Duplex): boolean {
  return Boolean((socket as { readonly _httpMessage?: unknown })._httpMessage);
}

/** Ten times as fast as what runs everywhere. */
function sha1(latin1: string): string {
  return hash('sha1', latin1, 'base64');
}

function ignore(): void {
  // What a socket has to say in errors it says in `close` as well.
}
