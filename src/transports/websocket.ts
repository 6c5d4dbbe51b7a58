/**
 * `tautline/transports/websocket`: websockets of an endpoint become pipes, and the gateway of the agreed subprotocol speaks over
 * them.
 * In: a mount of an endpoint. Out: pipes, to gateways. Fails: a client that offers none of the subprotocols is refused with 400.
 */
import {
  type Endpoint,
  type Hosts,
  type Origins,
  type PreparedMessage,
  prepare,
  type Refusal,
  type Websocket,
  type WebsocketOptions,
  type WebsocketRequest,
} from '../endpoint/index.ts';
import type { FrontDesk, Gateway, Handshake, Payload, Pipe } from '../ports/index.ts';
import { handshakeOf, mayBringCredentials } from './handshake.ts';

export interface WebsocketTransportOptions extends WebsocketOptions {
  readonly endpoint: Endpoint;
  readonly path: string;
  /** Which pages may connect. @default 'same' */
  readonly origins?: Origins;
  /** By which names the server may be asked for. @default 'safe' */
  readonly hosts?: Hosts;
  /** One for each subprotocol; the client's choice among them is by this order. */
  readonly gateways: readonly Gateway[];
  readonly hub: FrontDesk;
}

/** @throws {UsageError} `PATH_TAKEN`, or `OPTION_INVALID` for a limit that is no number. */
export function websocketTransport({
  endpoint,
  path,
  gateways,
  hub,
  ...options
}: WebsocketTransportOptions): void {
  const subprotocols = gateways.map((gateway) => gateway.subprotocol);
  const admit = (request: WebsocketRequest): Refusal | undefined =>
    offersOneOf(subprotocols, request) ? undefined : unspoken(subprotocols);
  const { origins = 'same' } = options;
  endpoint.mount(path, { ...options, subprotocols, admit }, (websocket, request) => {
    const gateway = gateways.find(({ subprotocol }) => subprotocol === websocket.subprotocol)!;
    const handshake = handshakeOf(request, mayBringCredentials(request, origins));
    const listener = gateway.open(pipeOn(websocket, request.address, handshake), hub);
    websocket.on('message', (message) => listener.received(message));
    websocket.on('closed', () => listener.closed());
  });
}

function offersOneOf(subprotocols: readonly string[], { headers }: WebsocketRequest): boolean {
  return headers
    .all('sec-websocket-protocol')
    .some((value) => value.split(',').some((part) => subprotocols.includes(part.trim())));
}

function unspoken(subprotocols: readonly string[]): Refusal {
  const message = `Offer a subprotocol that is spoken here: ${subprotocols.join(', ')}.`;
  return { name: 'REFUSED', status: 400, message };
}

function pipeOn(websocket: Websocket, address: string | undefined, handshake: Handshake): Pipe {
  let hasEnded = false;
  return {
    name: 'websocket',
    address,
    handshake,
    get bufferedBytes() {
      return websocket.bufferedBytes;
    },
    send(payload) {
      // Whoever closed it: its session hears of the end, and nobody else is disturbed.
      if (!hasEnded && websocket.state === 'open') {
        websocket.send(payload.as(toFrame));
      }
    },
    // It has closed: there is nothing left to wait for.
    drained: () => websocket.drained().catch(() => undefined),
    close({ code, reason }) {
      hasEnded = true;
      void websocket.close(code, reason);
    },
  };
}

/** Frames of a server carry no mask, so one is good for all receivers. */
function toFrame(payload: Payload): PreparedMessage {
  return prepare(payload);
}
