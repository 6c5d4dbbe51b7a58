/**
 * Real browsers over TLS, where they choose: WebSocket on a stream of HTTP/2 (RFC 8441) where the server offers it and they use it,
 * and the upgrade of HTTP/1.1 where it does not.
 */
import { readFileSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Closing,
  createEndpoint,
  type Endpoint,
  type Websocket,
  type WebsocketRequest,
} from '../src/endpoint/index.ts';
import { makeCertificate } from '../test/endpoint/certificates.ts';
import { type Browser, browsers, type Page } from './browsers.ts';
import { converse, messages, summary } from './converse.ts';

const script = readFileSync(new URL('./peers/whatwg.mjs', import.meta.url));
const tls = makeCertificate({ names: ['localhost'], addresses: ['127.0.0.1'] });

interface Arrived {
  readonly websocket: Websocket;
  readonly request: WebsocketRequest;
}

describe.each(browsers)('with $name over TLS', ({ name, launch }) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch({ trustsAll: true });
  });
  afterAll(() => browser.close());

  describe('and a server of HTTP/2 with pages', () => {
    let server: Http2SecureServer;
    let endpoint: Endpoint;
    let page: Page;
    let onArrival: (arrived: Arrived) => void;

    beforeAll(async () => {
      server = createSecureServer({ ...tls, allowHTTP1: true }, (request, response) => {
        const isScript = request.url === '/whatwg.mjs';
        response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
        response.end(isScript ? script : '<!doctype html><title>echo</title>');
      });
      endpoint = createEndpoint();
      endpoint.mount('/echo', { subprotocols: ['echo.v1'] }, (websocket, request) => {
        onArrival({ websocket, request });
      });
      endpoint.attach(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      page = await browser.newPage();
      await page.goto(`https://localhost:${(server.address() as AddressInfo).port}/`);
    });

    afterAll(async () => {
      await endpoint.close({ withinMs: 0 });
      server.close();
    });

    async function open(): Promise<Arrived & { seen: Promise<unknown> }> {
      const arrived = new Promise<Arrived>((resolve) => {
        onArrival = resolve;
      });
      const seen = page.evaluate(`
        import('/whatwg.mjs').then(({ echoUntilClosed }) =>
          echoUntilClosed(WebSocket, location.href.replace('http', 'ws') + 'echo'))
      `);
      return { ...(await arrived), seen };
    }

    it('sends back every message on a stream of HTTP/2, answers pings, and is closed by us', async () => {
      const { websocket, request, seen } = await open();
      expect([request.httpVersion, request.method]).toEqual(['2.0', 'CONNECT']);
      expect(await converse(websocket)).toEqual([...messages, ...messages].map(summary));
      expect(await websocket.ping()).toBeGreaterThan(0);
      expect(await websocket.close(4002, 'bye')).toMatchObject({ code: 4002, clean: true });
      expect(await seen).toEqual({
        code: 4002,
        reason: 'bye',
        clean: true,
        subprotocol: 'echo.v1',
      });
    });

    it('closes, and we see its code and reason', async () => {
      const { websocket, request, seen } = await open();
      expect(request.httpVersion).toBe('2.0');
      const fromMs = performance.now();
      const closed = new Promise<Closing>((resolve) => websocket.on('closed', resolve));
      websocket.send('close me');
      expect(await closed).toEqual({ code: 4003, reason: 'asked', clean: true, fault: undefined });
      expect(await seen).toMatchObject({ code: 4003, reason: 'asked', clean: true });
      // Firefox does not end its side; nobody waits for closeWithinMs all the same.
      expect(performance.now() - fromMs).toBeLessThan(4000);
    });
  });

  interface Situation {
    readonly http2?: boolean;
    readonly path?: string;
    /** The page is of another server, so that the browser has no connection to this one. */
    readonly isCold?: boolean;
  }

  /** The version of HTTP with which a page opens a websocket of the endpoint's own server; `refused` when it cannot. */
  async function versionUsed({
    http2 = true,
    path = '/',
    isCold = false,
  }: Situation): Promise<unknown> {
    const endpoint = createEndpoint();
    endpoint.mount('/', { origins: 'any' }, (websocket, { httpVersion }) => {
      websocket.send(httpVersion);
    });
    const where = { port: 0, host: '127.0.0.1', tls };
    const { port } = await endpoint.listen({ ...where, http2 });
    const other = await endpoint.listen({ ...where, http2 });
    const page = await browser.newPage();
    // A refusal is a page too, and leaves a connection behind.
    await page.goto(`https://localhost:${isCold ? other.port : port}/`);
    const version = await page.evaluate(`
      new Promise((resolve) => {
        const websocket = new WebSocket('wss://localhost:${port}${path}');
        websocket.onmessage = ({ data }) => { websocket.close(); resolve(data); };
        websocket.onerror = () => resolve('refused');
      })
    `);
    await endpoint.close({ withinMs: 1000 });
    return version;
  }

  it('our own server: HTTP/2, and HTTP/1.1 when that is off', async () => {
    expect(await versionUsed({})).toBe('2.0');
    expect(await versionUsed({ http2: false })).toBe('1.1');
  });

  it('our own server, which it has not met before: Chromium by HTTP/1.1, Firefox by HTTP/2', async () => {
    expect(await versionUsed({ isCold: true })).toBe(name === 'Chromium' ? '1.1' : '2.0');
  });

  it('our own server: a refusal over HTTP/2 is one', async () => {
    expect(await versionUsed({ path: '/elsewhere' })).toBe('refused');
  });
});
