/**
 * Interoperability with real browsers, which are clients: Debian's Chromium and Firefox.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Closing,
  createEndpoint,
  type Endpoint,
  type Websocket,
} from '../src/endpoint/index.ts';
import { type Browser, browsers, type Page } from './browsers.ts';
import { compressed, compressionOf, converse, messages, summary } from './converse.ts';

const script = readFileSync(new URL('./peers/whatwg.mjs', import.meta.url));

const rows = browsers.flatMap(({ name, launch }) => [
  { name, launch, compression: false, how: 'plain' },
  { name, launch, compression: true, how: 'compressed' },
]);

describe.each(rows)(
  'with $name as the client, we as the server, $how',
  ({ launch, compression }) => {
    let http: Server;
    let endpoint: Endpoint;
    let browser: Browser;
    let page: Page;
    let onArrival: (websocket: Websocket) => void;

    beforeAll(async () => {
      http = createServer((request, response) => {
        const isScript = request.url === '/whatwg.mjs';
        response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
        response.end(isScript ? script : '<!doctype html><title>echo</title>');
      });
      endpoint = createEndpoint();
      // The page is of the same origin, so the check stays on.
      endpoint.mount('/echo', { subprotocols: ['echo.v1'], compression }, (websocket) =>
        onArrival(websocket),
      );
      endpoint.attach(http);
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      browser = await launch();
      page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    });

    afterAll(async () => {
      await browser.close();
      await endpoint.close({ withinMs: 0 });
      http.closeAllConnections();
      http.close();
    });

    async function open(): Promise<{ websocket: Websocket; seen: Promise<unknown> }> {
      const arrived = new Promise<Websocket>((resolve) => {
        onArrival = resolve;
      });
      const seen = page.evaluate(`
      import('/whatwg.mjs').then(({ echoUntilClosed }) =>
        echoUntilClosed(WebSocket, location.href.replace('http', 'ws') + 'echo'))
    `);
      return { websocket: await arrived, seen };
    }

    it('sends back every message unchanged, answers pings, and is closed by us', async () => {
      const { websocket, seen } = await open();
      expect(await converse(websocket)).toEqual([...messages, ...messages].map(summary));
      expect(compressionOf(websocket)).toEqual(compressed(compression));
      expect(await websocket.ping()).toBeGreaterThan(0);
      const closing = await websocket.close(4002, 'bye');
      expect(closing).toMatchObject({ code: 4002, clean: true, fault: undefined });
      expect(await seen).toEqual({
        code: 4002,
        reason: 'bye',
        clean: true,
        subprotocol: 'echo.v1',
      });
    });

    it('closes, and we see its code and reason', async () => {
      const { websocket, seen } = await open();
      const closed = new Promise<Closing>((resolve) => websocket.on('closed', resolve));
      websocket.send('close me');
      expect(await closed).toEqual({ code: 4003, reason: 'asked', clean: true, fault: undefined });
      expect(await seen).toMatchObject({ code: 4003, reason: 'asked', clean: true });
    });
  },
);
