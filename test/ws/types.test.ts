/**
 * A program that compiles with `@types/ws` compiles here: that is the test, `npm run types` runs it. It is run, too.
 */
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type * as theirs from 'ws';
import WebSocket, {
  type ClientOptions,
  createWebSocketStream,
  WebSocket as Named,
  type RawData,
  type Server,
  type ServerOptions,
  WebSocketServer,
} from '../../src/ws/index.ts';

class Tagged extends WebSocket {
  tag = 'none';

  override send(...args: [WebSocket.Data, ...never[]]): void {
    super.send(...(args as [string]));
  }
}

class Request extends IncomingMessage {
  readonly user = 'somebody';
}

/** Listeners, options and names as programs write them. */
function program(port: number, said: string[]): WebSocket {
  const options: ClientOptions = { perMessageDeflate: false, headers: { a: 'b' } };
  const socket: WebSocket = new WebSocket(`ws://127.0.0.1:${port}`, ['a'], options);
  socket.binaryType = 'arraybuffer';
  socket.on('open', function () {
    this.send('text');
    this.send(new Uint8Array(1), { binary: true, compress: false, fin: true }, (error?: Error) => {
      said.push(String(error));
    });
  });
  socket.on('message', (data: RawData, isBinary: boolean) =>
    said.push(`${(data as Buffer).toString()},${isBinary}`),
  );
  socket.on('close', (code: number, reason: Buffer) => said.push(`${code} ${reason.toString()}`));
  socket.on('error', (error: Error) => said.push(error.message));
  socket.on('ping', (data: Buffer) => said.push(data.toString()));
  socket.on('of-my-own', (...anything) => said.push(String(anything.length)));
  socket.once('unexpected-response', (request, response) => {
    said.push(`${request.method} ${response.statusCode}`);
  });
  socket.addEventListener('close', ({ wasClean, target }: WebSocket.CloseEvent) => {
    said.push(String([wasClean, target.readyState === WebSocket.CLOSED]));
  });
  socket.onmessage = ({ data }) => said.push(typeof data);
  const state: 0 | 1 | 2 | 3 = socket.readyState;
  said.push(String(state === WebSocket.CONNECTING));
  return socket;
}

describe('the types', () => {
  it('give what programs for ws are given', () => {
    // Never run: only compiled.
    const assignable = (): readonly unknown[] => {
      const socket = {} as WebSocket;
      const server = {} as WebSocketServer;
      const asTheirs: theirs.WebSocket = socket;
      const serverAsTheirs: theirs.WebSocketServer = server;
      const options: ServerOptions = {} as theirs.ServerOptions<never>;
      const clientOptions: ClientOptions = {} as theirs.ClientOptions;
      const duplex: Duplex = createWebSocketStream(socket, { encoding: 'utf8' });
      const verify: theirs.VerifyClientCallbackAsync = (() =>
        undefined) as WebSocket.VerifyClientCallbackAsync;
      return [asTheirs, serverAsTheirs, options, clientOptions, duplex, verify];
    };
    expect(assignable).toBeTypeOf('function');
    expect(Named).toBe(WebSocket);
  });

  it('compile a program, and it runs', async () => {
    const http = createServer({ IncomingMessage: Request });
    const server: Server<typeof Tagged, typeof Request> = new WebSocketServer({
      server: http,
      WebSocket: Tagged,
      verifyClient: ({ req }: { req: Request }) => req.user === 'somebody',
      handleProtocols: (protocols, request) =>
        request.user ? ([...protocols][0] ?? false) : false,
    });
    server.on('connection', (socket, request) => {
      socket.tag = request.user;
      socket.on('message', function (data) {
        this.send(data as Buffer);
      });
      socket.send(`you are ${socket.tag}`);
      socket.close(1000, 'done');
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const said: string[] = [];
    const socket = program((http.address() as AddressInfo).port, said);
    await once(socket, 'close');
    const clients: Set<Tagged> = server.clients;
    expect([socket.protocol, clients instanceof Set]).toEqual(['a', true]);
    expect(said).toContain('you are somebody,false');
    expect(said).toContain('true,true');
    server.close();
    http.close();
  });
});
