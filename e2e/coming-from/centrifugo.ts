/**
 * In the place of a Centrifugo server: the commands and pushes of its JSON protocol, the one request of its HTTP API and the proxied RPC
 * that the example uses.
 * In: websockets at /connection/websocket, publications at /api/publish. Out: a URL; RPC goes to `backend`. Fails: a wrong key is answered
 * with 401, a wrong token by a disconnect (3500).
 */
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import { type WebSocket, WebSocketServer } from 'ws';
import { listen, type StandIn } from './stand-in.ts';

const key = 'chat-key';
const secret = new TextEncoder().encode('thirty-two bytes that only we know');

interface Peer {
  readonly socket: WebSocket;
  readonly client: string;
  user: string;
}

/** Of each channel: who is subscribed. */
type Channels = Map<string, Set<Peer>>;

interface Command {
  readonly id?: number;
  readonly connect?: { readonly token: string };
  readonly subscribe?: { readonly channel: string };
  readonly presence?: { readonly channel: string };
  readonly rpc?: { readonly method: string; readonly data: unknown };
}

/** `backend`: where RPC is sent to, asked when it is needed. */
export async function startCentrifugo(backend: () => string): Promise<StandIn> {
  const channels: Channels = new Map();
  let clients = 0;
  const http = createServer(async (request, response) => {
    if (request.headers['x-api-key'] !== key) {
      response.writeHead(401).end();
      return;
    }
    const { channel, data } = (await json(request)) as { channel: string; data: unknown };
    push(channels, channel, { pub: { data } });
    response.end('{"result":{}}');
  });
  const server = new WebSocketServer({ server: http, path: '/connection/websocket' });
  server.on('connection', (socket) => {
    clients += 1;
    const peer: Peer = { socket, client: `client-${clients}`, user: '' };
    socket.on('message', async (lines: Buffer) => {
      for (const line of lines.toString().split('\n')) {
        await hear(channels, { peer, backend }, JSON.parse(line) as Command);
      }
    });
    socket.on('close', () => leave(channels, peer));
  });
  return listen(http, server);
}

interface Heard {
  readonly peer: Peer;
  readonly backend: () => string;
}

async function hear(channels: Channels, { peer, backend }: Heard, command: Command): Promise<void> {
  const { id, connect, subscribe, presence, rpc } = command;
  const { socket, client } = peer;
  if (connect !== undefined) {
    const verified = await jwtVerify(connect.token, secret).catch(() => undefined);
    if (verified === undefined) {
      socket.close(3500, 'invalid token');
      return;
    }
    peer.user = verified.payload.sub!;
    // `ping` and `pong`: how often the server pings, and that it wants an answer.
    say(socket, { id, connect: { client, version: '6.0.0', ping: 25, pong: true } });
  }
  if (subscribe !== undefined) {
    const { channel } = subscribe;
    push(channels, channel, { join: { info: { client, user: peer.user } } });
    channels.set(channel, (channels.get(channel) ?? new Set()).add(peer));
    say(socket, { id, subscribe: {} });
  }
  if (presence !== undefined) {
    const here = [...(channels.get(presence.channel) ?? [])];
    const infos = here.map((one) => [one.client, { client: one.client, user: one.user }]);
    say(socket, { id, presence: { presence: Object.fromEntries(infos) } });
  }
  if (rpc !== undefined) {
    const body = JSON.stringify({ client, user: peer.user, method: rpc.method, data: rpc.data });
    const response = await fetch(`${backend()}rpc`, { method: 'POST', body });
    const { result } = (await response.json()) as { readonly result: unknown };
    say(socket, { id, rpc: result });
  }
}

function leave(channels: Channels, peer: Peer): void {
  const { client, user } = peer;
  for (const [channel, peers] of channels) {
    if (peers.delete(peer)) {
      push(channels, channel, { leave: { info: { client, user } } });
    }
  }
}

function push(channels: Channels, channel: string, what: object): void {
  for (const { socket } of channels.get(channel) ?? []) {
    say(socket, { push: { channel, ...what } });
  }
}

function say(socket: WebSocket, message: unknown): void {
  socket.send(JSON.stringify(message));
}
