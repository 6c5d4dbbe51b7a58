import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HandleLine } from '../../src/endpoint/handle-io.ts';
import { createEndpoint, dial, type Websocket } from '../../src/endpoint/index.ts';
import { checkedIo, lineOn, whenTried } from '../../src/endpoint/io.ts';
import { SocketLine } from '../../src/endpoint/socket-line.ts';
import { makeCertificate } from './certificates.ts';
import { eventually, HeldSocket, newEndpoint, next } from './support.ts';
import { lineOf } from './watched.ts';

async function echoing(
  listen: Parameters<ReturnType<typeof createEndpoint>['listen']>[0],
): Promise<{ port: number; opened: Websocket[] }> {
  const endpoint = newEndpoint({ io: 'handle' });
  const opened: Websocket[] = [];
  endpoint.mount('/', {}, (websocket) => {
    opened.push(websocket);
    websocket.on('message', (message) => void websocket.send(message));
  });
  const { port } = await endpoint.listen(listen);
  return { port, opened };
}

describe("io: 'handle'", () => {
  it('reads and writes handles on TCP', async () => {
    const { port, opened } = await echoing({ port: 0, host: '127.0.0.1' });
    const websocket = await dial(`ws://127.0.0.1:${port}/`);
    const answer = next(websocket, 'message');
    websocket.send('hello');
    expect(await answer).toEqual(['hello']);
    expect(lineOf(opened[0]!)).toBeInstanceOf(HandleLine);
  });

  it('goes the way of sockets on TLS', async () => {
    const certificate = makeCertificate({ addresses: ['127.0.0.1'] });
    const { port, opened } = await echoing({ port: 0, host: '127.0.0.1', tls: certificate });
    const websocket = await dial(`wss://127.0.0.1:${port}/`, { tls: { ca: certificate.cert } });
    const answer = next(websocket, 'message');
    websocket.send('hello');
    expect(await answer).toEqual(['hello']);
    expect(lineOf(opened[0]!)).toBeInstanceOf(SocketLine);
  });

  it('holds for attached servers, which count what was taken over until it is gone', async () => {
    await whenTried('handle');
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = newEndpoint({ io: 'handle' });
    const opened: Websocket[] = [];
    endpoint.mount('/', {}, (websocket) => void opened.push(websocket));
    endpoint.attach(server);
    const websocket = await dial(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(lineOf(opened[0]!)).toBeInstanceOf(HandleLine);
    let hasClosed = false;
    server.close(() => {
      hasClosed = true;
    });
    await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(hasClosed).toBe(false);
    await websocket.close();
    await eventually(() => hasClosed);
  });

  it('is one of two words', () => {
    expect(checkedIo('socket')).toBe('socket');
    expect(checkedIo('handle')).toBe('handle');
    expect(() => createEndpoint({ io: 'fast' as never })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('a stream in memory', () => {
  it('is a line by its public interface, whatever was chosen', async () => {
    await whenTried('handle');
    expect(lineOn(new HeldSocket(), 'handle')).toBeInstanceOf(SocketLine);
    expect(lineOn(new HeldSocket(), 'socket')).toBeInstanceOf(SocketLine);
  });
});
