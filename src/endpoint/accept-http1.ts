/**
 * A request to upgrade becomes a websocket, or is refused (RFC 6455 §4.2, on Node's HTTP/1.1 server).
 * In: Node's `upgrade` event. Out: a websocket for the mount's handler. Fails: by answering the peer; whatever the peer does
 * meanwhile, nothing is thrown and nothing is left open.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Acceptance, accept, type Refusal, refusalResponse } from '../protocol/index.ts';
import { judge, linger, type Reception, welcome } from './judge.ts';
import { readRequest } from './request.ts';

/** Node's `upgrade` event. */
export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the head. */
  readonly already: Buffer;
}

/**
 * Never rejects.
 * @param maxHeaders Most fields of a head that is sure to be whole: Node drops what is beyond the server's limit (THREATS A1).
 */
export async function acceptUpgrade(
  { incoming, socket, already, maxHeaders }: Upgrade & { readonly maxHeaders: number },
  reception: Reception,
): Promise<void> {
  // Before anything else: a reset at any point of the handshake must find a listener.
  socket.on('error', ignore);
  if (isAnswering(socket)) {
    // Pipelined behind a request without an answer, which would come in the middle of our frames.
    socket.destroy();
    return;
  }
  const request = readRequest(incoming, socket);
  await judge<Acceptance>(
    {
      socket,
      request,
      hasTooManyFields: incoming.rawHeaders.length / 2 > maxHeaders,
      accept: (options) => accept(request, options),
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

function ignore(): void {
  // What a socket has to say in errors it says in `close` as well.
}
