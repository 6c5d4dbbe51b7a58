import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEndpoint, type DialOptions, dial } from '../../src/endpoint/index.ts';
import { failure, told } from './answering.ts';
import { makeCertificate } from './certificates.ts';
import { connectionCount, eventually, newEndpoint, next, serve } from './support.ts';

type Lookup = NonNullable<DialOptions['lookup']>;

describe('unix sockets', () => {
  function socketPath(name = 'a.sock'): string {
    const folder = mkdtempSync(join(tmpdir(), 'dial-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, name);
  }

  async function serveAt(path: string, secure = false): Promise<string[]> {
    const hosts: string[] = [];
    const endpoint = newEndpoint();
    endpoint.mount('*', {}, (websocket, request) => {
      hosts.push(`${request.headers.one('host')} ${request.target}`);
      websocket.on('message', (message) => void websocket.send(message));
    });
    const certificate = makeCertificate({ names: ['chat.example'] });
    await endpoint.listen(secure ? { path, tls: certificate } : { path });
    return secure ? [certificate.cert] : hosts;
  }

  it('by ws+unix: the file, a colon, and what is asked for', async () => {
    const path = socketPath('with space.sock');
    const hosts = await serveAt(path);
    for (const url of [`ws+unix:${path}:/chat?a=b`, `ws+unix://${path}`]) {
      const websocket = await dial(url);
      const answer = next(websocket, 'message');
      websocket.send('hello');
      expect(await answer).toEqual(['hello']);
      await websocket.close();
    }
    expect(hosts).toEqual(['localhost /chat?a=b', 'localhost /']);
  });

  it('by socketPath: the URL says what is asked for, and of whom', async () => {
    const path = socketPath();
    const hosts = await serveAt(path);
    const lookup: Lookup = () => expect.unreachable();
    const websocket = await dial('ws://chat.example/a', { socketPath: path, lookup });
    expect(hosts).toEqual(['chat.example /a']);
    await websocket.close();
  });

  it('wss on one: the certificate is checked for the name in the URL', async () => {
    const path = socketPath();
    const [ca] = await serveAt(path, true);
    const options = { socketPath: path, tls: { ca: ca! } };
    await (await dial('wss://chat.example/', options)).close();
    const error = await failure('wss://other.example/', options);
    expect(error.cause).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('nobody there', async () => {
    const error = await failure(`ws+unix:${socketPath()}`);
    expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: true });
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });
});

describe('which address', () => {
  it('lookup is asked for the name, with what Node wants to know', async () => {
    const { port } = await serve({ hosts: 'any' });
    const asked: unknown[] = [];
    const lookup: Lookup = (hostname, { all }, told) => {
      asked.push([hostname, all]);
      if (all === true) {
        told(null, [{ address: '127.0.0.1', family: 4 }]);
      } else {
        told(null, '127.0.0.1', 4);
      }
    };
    (await dial(`ws://chat.example:${port}`, { lookup })).terminate();
    expect(asked).toEqual([['chat.example', true]]);
  });

  it('a lookup that fails is a failure to connect; one that never ends is too late', async () => {
    const fails: Lookup = (_name, _options, told) =>
      told(Object.assign(new Error('nobody'), { code: 'ENOTFOUND' }), '', 4);
    expect(told(await failure('ws://chat.example', { lookup: fails }))).toMatchObject({
      code: 'CONNECT_FAILED',
      retryable: true,
    });
    const silent: Lookup = () => {};
    const late = await failure('ws://chat.example', { lookup: silent, handshakeWithinMs: 20 });
    expect(late.code).toBe('HANDSHAKE_TOO_LATE');
  });

  it('family asks for addresses of that version', async () => {
    const { port } = await serve({ hosts: 'any' });
    const families: unknown[] = [];
    const lookup: Lookup = (_name, { family, all }, told) => {
      families.push(family);
      const one = { address: '127.0.0.1', family: 4 };
      if (all === true) {
        told(null, [one]);
      } else {
        told(null, one.address, one.family);
      }
    };
    (await dial(`ws://chat.example:${port}`, { lookup, family: 4 })).terminate();
    expect(families).toEqual([4]);
    const error = await failure(`ws://127.0.0.1:${port}`, { localAddress: '192.0.2.1' });
    expect(error.code).toBe('CONNECT_FAILED');
  });

  it('localAddress is where it comes from', async () => {
    const endpoint = createEndpoint();
    onTestFinished(() => endpoint.close({ withinMs: 0 }));
    const addresses: unknown[] = [];
    endpoint.mount('/', {}, (_websocket, { address }) => void addresses.push(address));
    const { port } = await endpoint.listen({ port: 0, host: '127.0.0.1' });
    await (await dial(`ws://127.0.0.1:${port}`, { localAddress: '127.0.0.2' })).close();
    expect(addresses).toEqual(['127.0.0.2']);
  });
});

describe('certificates of the client', () => {
  const server = makeCertificate({ addresses: ['127.0.0.1'] });
  const known = makeCertificate({ names: ['ada'] });
  const stranger = makeCertificate({ names: ['eve'] });

  async function demanding(maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<[Server, string]> {
    const https = createHttpsServer({
      ...server,
      ca: known.cert,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion,
    });
    https.on('tlsClientError', () => {});
    const endpoint = createEndpoint();
    endpoint.mount('/', {}, () => {});
    endpoint.attach(https);
    onTestFinished(async () => {
      await endpoint.close({ withinMs: 0 });
      https.close();
    });
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    return [https, `wss://127.0.0.1:${(https.address() as AddressInfo).port}`];
  }

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('with %s', (version) => {
    it('the one that is asked for opens', async () => {
      const [, url] = await demanding(version);
      const websocket = await dial(url, { tls: { ...known, ca: server.cert } });
      expect(websocket.state).toBe('open');
      await websocket.close();
    });

    it('without one the server refuses, and would again', async () => {
      const [https, url] = await demanding(version);
      const error = await failure(url, { tls: { ca: server.cert } });
      expect(told(error)).toMatchObject({ code: 'CONNECT_FAILED', retryable: false });
      expect(error.message).toMatch(/alert/);
      await eventually(async () => (await connectionCount(https)) === 0);
    });

    it('with a wrong one too; Node as the server only hangs up', async () => {
      const [https, url] = await demanding(version);
      const error = await failure(url, { tls: { ...stranger, ca: server.cert } });
      expect(['CONNECT_FAILED', 'CONNECTION_LOST']).toContain(error.code);
      await eventually(async () => (await connectionCount(https)) === 0);
    });
  });
});

describe('one time for all steps', () => {
  it('a server that accepts and is silent in TLS is too late, and nothing is left', async () => {
    const sockets: Socket[] = [];
    const silent = createServer(
      (socket) => void sockets.push(socket.on('error', () => {}).resume()),
    );
    onTestFinished(() => {
      silent.close();
      sockets.map((socket) => socket.destroy());
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const error = await failure(`wss://127.0.0.1:${port}`, { handshakeWithinMs: 30 });
    expect(told(error)).toMatchObject({ code: 'HANDSHAKE_TOO_LATE', retryable: true });
    await eventually(async () => (await connectionCount(silent)) === 0);
  });
});
