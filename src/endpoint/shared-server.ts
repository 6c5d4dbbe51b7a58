/**
 * Servers of the application, which endpoints share with it and with each other: who answers what.
 * In: a server, and an endpoint that wants its websockets. Out: upgrades and streams that are for that endpoint. Fails never; what
 * nobody here knows is left to the application's own listeners, as if we had not come.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type {
  Http2SecureServer,
  Http2Server,
  Http2ServerRequest,
  Http2ServerResponse,
} from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { refusals } from '../protocol/index.ts';
import { type Arrival, onStream } from './accept-http2.ts';
import type { Mount } from './mounts.ts';
import { type Exchange, refuse } from './plain.ts';

/** A server of the application's that an endpoint may serve beside. */
export type SharedServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

/** Node's `upgrade` event. */
export interface NodeUpgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the head. */
  readonly already: Buffer;
}

/** An endpoint, as far as a server goes. */
export interface Sharer {
  findMount(path: string): Mount | undefined;
  takeUpgrade(upgrade: NodeUpgrade, server: SharedServer): void;
  takeStream(arrival: Arrival): void;
  /** It wants some of the plain requests. */
  readonly answersPlain: boolean;
  /** False: not this one. */
  takePlain(exchange: Exchange): boolean;
}

const sharersOf = new WeakMap<SharedServer, readonly Sharer[]>();

/** Gives how to leave the server again. */
export function share(server: SharedServer, sharer: Sharer): () => void {
  sharersOf.set(server, [...sharers(server), sharer]);
  const stops = [shareUpgrades(server, sharer)];
  if (
    sharer.answersPlain &&
    (server.listenerCount('request') > 0 || !('updateSettings' in server))
  ) {
    stops.push(shareRequests(server, sharer));
  }
  if ('updateSettings' in server) {
    // RFC 8441 §3: no client asks before it has seen this.
    server.updateSettings({ enableConnectProtocol: true });
    stops.push(shareStreams(server, sharer), shareConnects(server, sharer));
  }
  return () => {
    sharersOf.set(
      server,
      sharers(server).filter((other) => other !== sharer),
    );
    for (const stop of stops) {
      stop();
    }
  };
}

function shareUpgrades(server: SharedServer, sharer: Sharer): () => void {
  const listener = (incoming: IncomingMessage, socket: Duplex, already: Buffer): void => {
    const others = server.listenerCount('upgrade') - sharers(server).length;
    if (takerOf(server, incoming.url, others > 0) === sharer) {
      sharer.takeUpgrade({ incoming, socket, already }, server);
    }
  };
  server.on('upgrade', listener);
  return () => server.off('upgrade', listener);
}

/** All listeners of a server are told of each request: so ours stands before the others, and tells them of those that it leaves. */
function shareRequests(server: SharedServer, sharer: Sharer): () => void {
  const others = server.listeners('request');
  let hasLeft = false;
  const listener = (
    incoming: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    if (!hasLeft && sharer.takePlain({ incoming, response })) {
      return;
    }
    for (const other of others) {
      other.call(server, incoming, response);
    }
    if (others.length === 0 && server.listenerCount('request') === 1) {
      refuse(response, refusals.PATH_UNKNOWN);
    }
  };
  server.removeAllListeners('request');
  server.on('request', listener);
  return () => {
    hasLeft = true;
    if (server.listeners('request').includes(listener)) {
      server.off('request', listener);
      for (const other of others) {
        server.on('request', other as (...given: unknown[]) => void);
      }
    }
  };
}

type Http2AnyServer = Http2Server | Http2SecureServer;

function shareStreams(server: Http2AnyServer, sharer: Sharer): () => void {
  return onStream(server, (arrival, headers) => {
    if (asksForWebsocket(headers) && streamTaker(server, headers[':path']) === sharer) {
      sharer.takeStream(arrival);
    }
  });
}

/**
 * A server with a listener for `request` answers every CONNECT with 405, unless somebody listens for `connect`. So somebody does, and
 * answers all but ours in this way.
 */
function shareConnects(server: Http2AnyServer, sharer: Sharer): () => void {
  const listener = (request: IncomingMessage | Http2ServerRequest, answer: unknown): void => {
    const all = sharers(server);
    if (all[0] !== sharer || server.listenerCount('connect') > all.length) {
      return;
    }
    if (!('stream' in request)) {
      // HTTP/1.1 tells of a CONNECT with its socket, which Node closes when nobody listens.
      (answer as Duplex).destroy();
    } else if (
      !asksForWebsocket(request.headers) ||
      streamTaker(server, request.headers[':path']) === undefined
    ) {
      request.stream.respond({ ':status': 405 }, { endStream: true });
    }
  };
  server.on('connect', listener);
  return () => server.off('connect', listener);
}

/** Whoever offers websockets at the path. Where nobody does and nobody else listens, the first of us says so. */
function takerOf(server: SharedServer, target = '/', isForeign: boolean): Sharer | undefined {
  const all = sharers(server);
  const path = target.split('?', 1)[0]!;
  return (
    all.find((sharer) => sharer.findMount(path) !== undefined) ?? (isForeign ? undefined : all[0])
  );
}

function streamTaker(server: Http2AnyServer, target: string | undefined): Sharer | undefined {
  const ours = sharers(server).length;
  // Node itself listens for streams when somebody listens for requests.
  const nodes = server.listenerCount('request') > 0 ? 1 : 0;
  const isForeign =
    server.listenerCount('stream') > ours + nodes || server.listenerCount('connect') > ours;
  return takerOf(server, target, isForeign);
}

function asksForWebsocket(headers: Readonly<Record<string, unknown>>): boolean {
  return headers[':method'] === 'CONNECT' && headers[':protocol'] === 'websocket';
}

function sharers(server: SharedServer): readonly Sharer[] {
  return sharersOf.get(server) ?? [];
}
