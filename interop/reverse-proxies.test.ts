/**
 * Behind nginx and HAProxy of Debian, told what docs/2-guides/behind-a-proxy.md says, and one thing more: that nobody may ask for
 * /internal. A websocket passes; a request that hides behind an upgrade does not.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint, dial } from '../src/endpoint/index.ts';
import { converse, messages, summary } from './converse.ts';
import { haproxy, nginx, start } from './reverse-proxies.ts';

/** An echo at `/` of a server that has pages, too: what they are asked for is told. */
async function serve(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('page');
  });
  const endpoint = createEndpoint();
  endpoint.mount('/', {}, (websocket) => {
    websocket.on('message', (message) => void websocket.send(message));
  });
  endpoint.attach(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    await endpoint.close({ withinMs: 0 });
    server.close().closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

/** All that is said to these bytes, until the end, or until the request behind them was answered, too. */
async function heardFor(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let heard = '';
  const isOver = new Promise<void>((resolve) => {
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (/ 403 /.test(heard)) {
        resolve();
      }
    });
  });
  socket.write(bytes);
  await isOver;
  return heard;
}

describe.each([nginx, haproxy])('behind $name', (proxy) => {
  it('every message comes back unchanged, and closing is clean', async () => {
    const { port } = await serve();
    const websocket = await dial(`ws://127.0.0.1:${await start(proxy, port)}/`);
    expect(await converse(websocket)).toEqual([...messages, ...messages].map(summary));
    expect(await websocket.close(4000, 'done')).toMatchObject({ code: 4000, clean: true });
  });

  const hidden = 'GET /internal HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
  const fields = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  };
  it.each([
    ['version 777', { 'Sec-WebSocket-Version': '777' }],
    ['a bad key', { 'Sec-WebSocket-Key': 'x' }],
    ['an unknown path', {}],
    ['a body that is the request', { 'Content-Length': `${hidden.length}` }],
    ['chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('A9: what hides behind a refused upgrade with %s is not passed on', async (what, more) => {
    const { port, asked } = await serve();
    const own = await start(proxy, port);
    const path = what === 'an unknown path' ? '/elsewhere' : '/';
    const lines = Object.entries({ ...fields, ...more }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    const head = `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
    const heard = await heardFor(own, `${head}${hidden}${hidden}`);
    const [first, ...others] = heard.match(/HTTP\/1\.[01] \d+/g) ?? [];
    // HAProxy takes `Upgrade` off a request that has a body: it is one for a page then.
    expect(first).toMatch(asked.length === 0 ? / 4\d\d$/ : / 200$/);
    expect(asked).toEqual(what.startsWith('a body') && proxy === haproxy ? ['/'] : []);
    // The proxy may read it as a request of its own; then it forbids it.
    expect(others.filter((status) => !/ 40[03]$/.test(status))).toEqual([]);
  });
});
