import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket as OtherClient, WebSocketServer as OtherServer } from 'ws';
import { createEndpoint, dial } from '../../src/endpoint/index.ts';
import { makeCertificate } from './certificates.ts';
import {
  closeFrame,
  connectionCount,
  eventually,
  HandClock,
  newEndpoint,
  next,
  RawPeer,
  record,
  serve,
  text,
  turnOver,
  upgradeHead,
} from './support.ts';

const certificate = makeCertificate({ names: ['localhost'], addresses: ['127.0.0.1'] });

/** A server of Node that is gone when the test is. */
async function listening<Some extends ReturnType<typeof createServer>>(
  server: Some,
): Promise<number> {
  onTestFinished(() => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function body(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let whole = '';
      response.on('data', (some: Buffer) => {
        whole += some.toString();
      });
      response.on('end', () => resolve(`${response.statusCode} ${whole}`));
    }).on('error', reject);
  });
}

async function echoes(url: string, options = {}): Promise<string> {
  const websocket = await dial(url, options);
  const answer = next(websocket, 'message');
  websocket.send('hello');
  const [message] = await answer;
  await websocket.close();
  return String(message);
}

function echoEndpoint(mark = '') {
  const endpoint = newEndpoint();
  endpoint.mount('/', {}, (websocket) => {
    websocket.on('message', (message) => void websocket.send(`${mark}${String(message)}`));
  });
  return endpoint;
}

describe('every way to be reached', () => {
  it('listens on a port that is free and says which', async () => {
    const endpoint = echoEndpoint();
    const { port } = await endpoint.listen({ port: 0 });
    expect(await echoes(`ws://127.0.0.1:${port}`)).toBe('hello');
  });

  it('listens on the host it is told', async () => {
    const endpoint = echoEndpoint();
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    expect(await echoes(`http://127.0.0.1:${port}/`)).toBe('hello');
  });

  it('listens on a unix socket, and takes it away again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'endpoint-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'socket');
    const endpoint = echoEndpoint();
    expect(await endpoint.listen({ path })).toEqual({ port: 0 });
    const peer = await RawPeer.open({ path });
    peer.write(text('hello'));
    expect((await peer.frames(1)).map(({ payload }) => payload.toString())).toEqual(['hello']);
    await endpoint.close({ withinMs: 0 });
    await expect(RawPeer.connect({ path })).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('serves wss with a key and a certificate', async () => {
    const endpoint = echoEndpoint();
    const { port } = await endpoint.listen({ port: 0, tls: certificate });
    const tls = { ca: certificate.cert };
    expect(await echoes(`wss://127.0.0.1:${port}`, { tls })).toBe('hello');
    expect(await echoes(`https://localhost:${port}`, { tls })).toBe('hello');
  });

  it('listens on several addresses at once', async () => {
    const endpoint = echoEndpoint();
    const one = await endpoint.listen({ port: 0 });
    const other = await endpoint.listen({ port: 0 });
    expect(one.port).not.toBe(other.port);
    expect(await echoes(`ws://127.0.0.1:${other.port}`)).toBe('hello');
  });

  it('rejects as Node does when the port is taken, and can be closed all the same', async () => {
    const endpoint = echoEndpoint();
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    await expect(endpoint.listen({ port, host: '127.0.0.1' })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await endpoint.close();
  });

  it.each([
    [{ handshakeWithinMs: 0 }],
    [{ handshakeWithinMs: Number.NaN }],
    [{ maxHeadBytes: 0 }],
    [{ maxHeadBytes: 1.5 }],
    [{ maxHeadBytes: Number.POSITIVE_INFINITY }],
  ])('refuses the options %o', (options) => {
    expect(() => createEndpoint(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('takes Infinity for the time of a handshake', async () => {
    const endpoint = newEndpoint({ handshakeWithinMs: Number.POSITIVE_INFINITY });
    endpoint.mount('/', { admit: async () => undefined }, (websocket) => websocket.send('hello'));
    const { port } = await endpoint.listen({ port: 0 });
    const websocket = await dial(`ws://127.0.0.1:${port}`);
    expect(await next(websocket, 'message')).toEqual(['hello']);
  });
});

describe('plain requests on a server of its own', () => {
  it('answers 426 with the version where a websocket is offered, 404 elsewhere', async () => {
    const { port } = await serve();
    const peer = await RawPeer.connect(port);
    peer.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const head = await peer.head();
    expect(head).toMatch(/^HTTP\/1\.1 426 Upgrade Required\r\n/);
    expect(head).toContain('Sec-WebSocket-Version: 13\r\n');
    await peer.ended();
    expect(await body(`http://127.0.0.1:${port}/elsewhere`)).toMatch(/^404 /);
  });

  it('A1: a head above maxHeadBytes is answered with 431', async () => {
    const { port } = await serve({}, () => {}, { maxHeadBytes: 1000 });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ fields: { Padding: 'x'.repeat(1000) } }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 431 /);
    await peer.ended();
  });
});

describe('beside what is there already', () => {
  it('leaves the routes of a server to it, and goes from it without ending it', async () => {
    const server = createServer((request, response) => response.end(`page ${request.url}`));
    const port = await listening(server);
    const endpoint = echoEndpoint();
    endpoint.attach(server);
    expect(await body(`http://127.0.0.1:${port}/a`)).toBe('200 page /a');
    expect(await echoes(`ws://127.0.0.1:${port}`)).toBe('hello');
    await endpoint.close();
    expect(await body(`http://127.0.0.1:${port}/b`)).toBe('200 page /b');
    expect(server.listenerCount('upgrade')).toBe(0);
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/c' }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('attaches to an https server', async () => {
    const server = createTlsServer(certificate, (_request, response) => response.end('page'));
    const port = await listening(server);
    echoEndpoint().attach(server);
    const tls = { ca: certificate.cert };
    expect(await echoes(`wss://127.0.0.1:${port}`, { tls })).toBe('hello');
  });

  it('answers once when it was attached twice', async () => {
    const server = createServer();
    const port = await listening(server);
    const endpoint = echoEndpoint();
    endpoint.attach(server);
    endpoint.attach(server);
    expect(server.listenerCount('upgrade')).toBe(1);
    expect(await echoes(`ws://127.0.0.1:${port}`)).toBe('hello');
  });

  it.each(['first', 'last'])(
    'leaves other paths to another library, attached %s',
    async (order) => {
      const server = createServer();
      const port = await listening(server);
      const others = new OtherServer({ noServer: true });
      others.on('connection', (other) => other.send('other'));
      const attachOthers = (): void => {
        server.on('upgrade', (request, socket, head) => {
          if (request.url === '/others') {
            others.handleUpgrade(request, socket, head, (other) =>
              others.emit('connection', other, request),
            );
          }
        });
      };
      if (order === 'last') attachOthers();
      echoEndpoint('ours: ').attach(server);
      if (order === 'first') attachOthers();
      expect(await echoes(`ws://127.0.0.1:${port}/`)).toBe('ours: hello');
      const client = new OtherClient(`ws://127.0.0.1:${port}/others`);
      const message = await new Promise((resolve) => client.once('message', resolve));
      expect(String(message)).toBe('other');
      client.close();
    },
  );

  it('answers unknown paths itself where nobody else could, whatever else it is attached to', async () => {
    const shared = createServer();
    await listening(shared);
    shared.on('upgrade', () => {});
    const endpoint = echoEndpoint();
    endpoint.attach(shared);
    const { port } = await endpoint.listen({ port: 0 });
    const peer = await RawPeer.connect(port);
    peer.write(upgradeHead({ path: '/unknown' }));
    expect(await peer.head()).toMatch(/^HTTP\/1\.1 404 /);
    await peer.ended();
  });
});

describe('close', () => {
  it('says 1001 to all, resolves when they are gone, and takes no more', async () => {
    const { endpoint, port, url } = await serve();
    const clients = await Promise.all([dial(url), dial(url), dial(url)]);
    const closings = clients.map((client) => next(client, 'closed'));
    await eventually(() => endpoint.websockets.size === 3);
    await endpoint.close();
    expect(endpoint.websockets.size).toBe(0);
    for (const [why] of await Promise.all(closings)) {
      expect(why).toEqual({
        code: 1001,
        reason: 'the server is stopping',
        clean: true,
        fault: undefined,
      });
    }
    await expect(RawPeer.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('cuts those that do not answer when its time is up', async () => {
    const clock = new HandClock();
    const { endpoint, port, accepted } = await serve({ closeWithinMs: 60_000 }, () => {}, {
      clock,
    });
    const peer = await RawPeer.open(port);
    const why = next(await accepted(), 'closed');
    let isOver = false;
    const over = endpoint.close({ withinMs: 700 }).then(() => {
      isOver = true;
    });
    expect((await peer.frames(1))[0]?.payload.readUInt16BE()).toBe(1001);
    clock.advance(699);
    await turnOver();
    expect(isOver).toBe(false);
    clock.advance(1);
    await over;
    expect((await why)[0]).toMatchObject({ code: 1006, clean: false });
    await peer.ended();
    expect(clock.pending).toBe(0);
  });

  it('a second call may cut sooner', async () => {
    const { endpoint, port, accepted } = await serve();
    await RawPeer.open(port);
    await accepted();
    const first = endpoint.close({ withinMs: 60_000 });
    await Promise.all([endpoint.close({ withinMs: 0 }), first]);
    expect(endpoint.websockets.size).toBe(0);
  });

  it('A5: does not wait for peers that said nothing, or half a head', async () => {
    const { endpoint, port } = await serve();
    const silent = await RawPeer.connect(port);
    const slow = await RawPeer.connect(port);
    slow.write('GET / HTTP/1.1\r\nHost: loc');
    await endpoint.close();
    await Promise.all([silent.ended(), slow.ended()]);
  });

  it('refuses those whose admission it interrupted with 503, and cuts what is undecided at the end', async () => {
    const clock = new HandClock();
    const server = createServer();
    const port = await listening(server);
    const endpoint = newEndpoint({ clock });
    const decisions: ((nothing: undefined) => void)[] = [];
    const admit = (): Promise<undefined> => new Promise((resolve) => decisions.push(resolve));
    endpoint.mount('/', { admit }, () => expect.unreachable());
    endpoint.attach(server);
    const { port: own } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    const decided = await RawPeer.connect(port);
    decided.write(upgradeHead());
    await eventually(() => decisions.length === 1);
    const undecided = await RawPeer.connect(own);
    undecided.write(upgradeHead());
    await eventually(() => decisions.length === 2);
    const over = endpoint.close({ withinMs: 100 });
    decisions[0]!(undefined);
    expect(await decided.head()).toMatch(/^HTTP\/1\.1 503 /);
    clock.advance(100);
    await over;
    await undecided.ended();
    expect(undecided.heard.length).toBe(0);
  });

  it('closes when the signal of listen is aborted', async () => {
    const endpoint = echoEndpoint();
    const stop = new AbortController();
    const { port } = await endpoint.listen({ port: 0, signal: stop.signal });
    const websocket = await dial(`ws://127.0.0.1:${port}`);
    const why = next(websocket, 'closed');
    stop.abort();
    expect((await why)[0].code).toBe(1001);
  });

  it('does not listen when the signal was aborted before', async () => {
    const endpoint = echoEndpoint();
    await expect(endpoint.listen({ port: 0, signal: AbortSignal.abort('enough') })).rejects.toBe(
      'enough',
    );
    const stop = new AbortController();
    const started = endpoint.listen({ port: 0, signal: stop.signal });
    stop.abort('at once');
    await expect(started).rejects.toBe('at once');
  });

  it('leaves no listener on the signal', async () => {
    const endpoint = createEndpoint();
    const { signal } = new AbortController();
    const events: string[] = [];
    const removeEventListener = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (...values: Parameters<typeof removeEventListener>) => {
      events.push(values[0]);
      removeEventListener(...values);
    };
    await endpoint.listen({ port: 0, signal });
    await endpoint.close();
    expect(events).toEqual(['abort']);
  });

  it('is for good', async () => {
    const endpoint = echoEndpoint();
    await endpoint.close();
    await endpoint.close();
    await expect(endpoint.listen({ port: 0 })).rejects.toMatchObject({ code: 'ENDPOINT_CLOSED' });
    expect(() => endpoint.attach(createServer())).toThrow(
      expect.objectContaining({ code: 'ENDPOINT_CLOSED' }),
    );
  });

  it('while listen is under way leaves nothing that listens', async () => {
    const endpoint = echoEndpoint();
    const probe = createTcpServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const started = endpoint.listen({ port, host: 'localhost' });
    await endpoint.close();
    await expect(started).rejects.toMatchObject({ code: 'ENDPOINT_CLOSED' });
    await expect(RawPeer.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('websockets', () => {
  it('holds those that are open or closing, and nothing else', async () => {
    const { endpoint, port, accepted } = await serve();
    expect(endpoint.websockets.size).toBe(0);
    const peer = await RawPeer.open(port);
    const websocket = await accepted();
    expect([...endpoint.websockets]).toEqual([websocket]);
    const closings = record(websocket, 'closed');
    peer.write(closeFrame(1000));
    await peer.ended();
    peer.socket.end();
    await eventually(() => closings.length > 0);
    expect(endpoint.websockets.size).toBe(0);
  });

  it('leaves no connection behind when peers come and go', async () => {
    const server = createServer();
    const port = await listening(server);
    const endpoint = echoEndpoint();
    endpoint.attach(server);
    for (let round = 0; round < 20; round += 1) {
      const peer = await RawPeer.open(port);
      peer.write(text('hello'));
      await peer.frames(1);
      if (round % 2 === 0) {
        peer.socket.resetAndDestroy();
      } else {
        peer.socket.end();
      }
    }
    await eventually(async () => (await connectionCount(server)) === 0);
    await eventually(() => endpoint.websockets.size === 0);
  });
});
