/**
 * A whole server, and every door by which a client's words reach it: each transport with each codec.
 * In: a hub's options. Out: doors, through which a test says what it likes, encoded or not. Cannot fail.
 */
import { onTestFinished } from 'vitest';
import { longPoll } from '../../src/client/transports/long-poll.ts';
import { sse } from '../../src/client/transports/sse.ts';
import type { ClientTransport } from '../../src/client/transports/transport.ts';
import { createEndpoint, type DialOptions, dial, systemClock } from '../../src/endpoint/index.ts';
import { native } from '../../src/gateways/native.ts';
import { nativeBinary } from '../../src/gateways/native-binary.ts';
import { createHub, type Hub, type HubOptions } from '../../src/hub/index.ts';
import { httpTransport } from '../../src/transports/http-transport.ts';
import { websocketTransport } from '../../src/transports/websocket.ts';
import { clientMessageToBinary, serverMessagesFromBinary } from '../../src/wire/binary.ts';
import {
  binarySubprotocol,
  type ClientMessage,
  jsonSubprotocol,
  type ServerMessage,
  serverMessagesFromJson,
  toJson,
} from '../../src/wire/index.ts';
import { makeCertificate } from '../../test/endpoint/certificates.ts';

const host = '127.0.0.1';
const certificate = makeCertificate({ addresses: [host] });

export interface House {
  readonly hub: Hub;
  readonly port: number;
  readonly securePort: number;
}

export async function openHouse(options: Omit<HubOptions, 'clock'>): Promise<House> {
  const endpoint = createEndpoint();
  const hub = createHub({ ...options, clock: systemClock });
  const common = { endpoint, path: '/', gateways: [native(), nativeBinary()], hub };
  websocketTransport({ ...common, maxMessageBytes: 4_000_000 });
  const roads = httpTransport({ ...common, pollMs: 1_000 });
  await hub.start();
  await roads.start();
  const { port } = await endpoint.listen({ port: 0, host });
  const tls = { ...certificate };
  const { port: securePort } = await endpoint.listen({ port: 0, host, tls, http2: {} });
  onTestFinished(async () => {
    await hub.stop({ withinMs: 500 });
    roads.stop();
    await endpoint.close({ withinMs: 0 });
  });
  return { hub, port, securePort };
}

/** One client, as far in as it has said. */
export interface Visitor {
  readonly heard: ServerMessage[];
  /** Undefined while it is there. */
  left: { readonly code: number; readonly reason: string } | undefined;
  say(message: ClientMessage): void;
  /** As it is, in one frame. */
  sayRaw(frame: string | Uint8Array): void;
  leave(): void;
}

export interface Door {
  readonly name: string;
  enter(house: House): Promise<Visitor>;
}

function dialling(options: DialOptions): ClientTransport['open'] {
  return (url, subprotocols, listener) => {
    const opening = dial(url, { ...options, subprotocols });
    opening.then(
      (websocket) => {
        websocket.on('message', (message) => listener.received(message));
        websocket.on('closed', (why) => listener.closed(why));
        listener.opened();
      },
      (error: unknown) => listener.closed({ code: 1006, reason: String(error) }),
    );
    return {
      send: (frame) => void opening.then((websocket) => websocket.send(frame)),
      close: () => void opening.then((websocket) => websocket.terminate()),
    };
  };
}

interface Way {
  readonly open: ClientTransport['open'];
  readonly isSecure?: boolean;
}

const ways: Readonly<Record<string, Way>> = {
  websockets: { open: dialling({}) },
  'websockets over HTTP/2': {
    open: dialling({ http2: true, tls: { ca: certificate.cert } }),
    isSecure: true,
  },
  streams: { open: (...given) => sse().open(...given) },
  polls: { open: (...given) => longPoll().open(...given) },
};
const codecs = { JSON: jsonSubprotocol, binary: binarySubprotocol };

export const doors: readonly Door[] = Object.entries(ways).flatMap(([way, { open, isSecure }]) =>
  Object.entries(codecs).map(
    ([codec, subprotocol]): Door => ({
      name: `${way}, ${codec}`,
      async enter({ port, securePort }) {
        const url = isSecure ? `wss://${host}:${securePort}/` : `ws://${host}:${port}/`;
        return new Promise((resolve, reject) => {
          const heard: ServerMessage[] = [];
          const road = open(url, [subprotocol], {
            opened: () => resolve(visitor),
            received: (frame) => heard.push(...messagesIn(frame)),
            closed: (why) => {
              visitor.left = why;
              reject(new Error(why.reason));
            },
          });
          const visitor: Visitor = {
            heard,
            left: undefined,
            say: (message) =>
              road.send(
                subprotocol === jsonSubprotocol ? toJson(message) : clientMessageToBinary(message),
              ),
            sayRaw: (frame) => road.send(frame),
            leave: () => road.close(1000, ''),
          };
          onTestFinished(() => road.close(1000, ''));
        });
      },
    }),
  ),
);

function messagesIn(frame: string | Uint8Array): readonly ServerMessage[] {
  const read =
    typeof frame === 'string' ? serverMessagesFromJson(frame) : serverMessagesFromBinary(frame);
  if ('problem' in read) {
    throw new Error(read.problem);
  }
  return read.messages;
}
