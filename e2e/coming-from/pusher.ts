/**
 * In the place of a Pusher server: the messages of its protocol 7 and the one request of its HTTP API that the example uses.
 * In: websockets at /app/:key, events at /apps/chat/events. Out: a URL. Fails: a wrong signature is answered with 401, or by pusher:error.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type WebSocket, WebSocketServer } from 'ws';
import { listen, type StandIn } from './stand-in.ts';

const [key, secret] = ['chat-key', 'chat-secret'];

/** Of each channel: its websockets, with the user of each. */
type Channels = Map<string, Map<WebSocket, string>>;

interface Peer {
  readonly socket: WebSocket;
  readonly id: string;
}

export async function startPusher(): Promise<StandIn> {
  const channels: Channels = new Map();
  const peers = new Map<string, WebSocket>();
  const http = createServer(async (request, response) => {
    const body = await text(request);
    if (!isSigned(request, body)) {
      response.writeHead(401).end();
      return;
    }
    const { name, channel, data, socket_id } = JSON.parse(body) as Record<string, string>;
    tell(channels, { channel: channel!, event: name!, data: data! }, peers.get(socket_id ?? ''));
    response.end('{}');
  });
  const server = new WebSocketServer({ server: http, path: `/app/${key}` });
  server.on('connection', (socket) => {
    const id = `1.${peers.size + 1}`;
    peers.set(id, socket);
    const established = { socket_id: id, activity_timeout: 120 };
    say(socket, { event: 'pusher:connection_established', data: JSON.stringify(established) });
    socket.on('message', (said: Buffer) => {
      hear(channels, { socket, id }, JSON.parse(said.toString()) as Said);
    });
    socket.on('close', () => leave(channels, socket));
  });
  return listen(http, server);
}

interface Said {
  readonly event: string;
  readonly data: {
    readonly channel: string;
    readonly auth: string;
    readonly channel_data: string;
  };
}

function hear(channels: Channels, { socket, id }: Peer, { event, data }: Said): void {
  if (event === 'pusher:ping') {
    say(socket, { event: 'pusher:pong', data: {} });
  }
  if (event !== 'pusher:subscribe') {
    return;
  }
  const { channel, auth, channel_data } = data;
  if (auth !== `${key}:${sign(`${id}:${channel}:${channel_data}`)}`) {
    say(socket, { event: 'pusher:error', data: { code: 4009, message: 'wrong signature' } });
    return;
  }
  const { user_id } = JSON.parse(channel_data) as { readonly user_id: string };
  tell(channels, {
    channel,
    event: 'pusher_internal:member_added',
    data: JSON.stringify({ user_id }),
  });
  const members = channels.get(channel) ?? new Map<WebSocket, string>();
  channels.set(channel, members.set(socket, user_id));
  const ids = [...members.values()];
  const hash = Object.fromEntries(ids.map((user) => [user, {}]));
  const presence = { presence: { count: ids.length, ids, hash } };
  const succeeded = 'pusher_internal:subscription_succeeded';
  say(socket, { event: succeeded, channel, data: JSON.stringify(presence) });
}

function leave(channels: Channels, socket: WebSocket): void {
  for (const [channel, members] of channels) {
    const user_id = members.get(socket);
    if (members.delete(socket)) {
      const data = JSON.stringify({ user_id });
      tell(channels, { channel, event: 'pusher_internal:member_removed', data });
    }
  }
}

interface Event {
  readonly channel: string;
  readonly event: string;
  readonly data: string;
}

function tell(channels: Channels, event: Event, except?: WebSocket): void {
  for (const socket of channels.get(event.channel)?.keys() ?? []) {
    if (socket !== except) {
      say(socket, event);
    }
  }
}

function say(socket: WebSocket, message: unknown): void {
  socket.send(JSON.stringify(message));
}

function isSigned({ method, url = '' }: IncomingMessage, body: string): boolean {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const signature = searchParams.get('auth_signature');
  searchParams.delete('auth_signature');
  searchParams.sort();
  return (
    searchParams.get('body_md5') === createHash('md5').update(body).digest('hex') &&
    signature === sign(`${method}\n${pathname}\n${searchParams}`)
  );
}

function sign(words: string): string {
  return createHmac('sha256', secret).update(words).digest('hex');
}
