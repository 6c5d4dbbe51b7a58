/**
 * The SDK where a page has it least easy: in its workers, over each road, and in a page that stands still for a while.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import { createServer, type Server } from '../../src/server/index.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const soon = { timeout: 20_000 };

/** The same script in a page and in either kind of worker: what it is told, it tells on. */
const script = `
  import { createClient } from '/client/index.js';
  import { sse } from '/client/transports/sse.js';
  import { longPoll } from '/client/transports/long-poll.js';
  const query = new URL(import.meta.url).searchParams;
  const roads = { websocket: () => undefined, sse, 'long-poll': longPoll };
  const transport = roads[query.get('by')]();
  const told = [];
  const ports = [];
  const tell = (what) => {
    told.push(what);
    for (const port of ports) port.postMessage(what);
  };
  const client = createClient(location.origin.replace('http', 'ws') + '/live', {
    token: query.get('user'),
    pingAfterMs: 300,
    pongWithinMs: 300,
    ...(transport === undefined ? undefined : { transport }),
  });
  const room = client.subscribe('room');
  room.on('status', ({ status }) => tell(status));
  room.on('publication', ({ by, data }) => tell(by + ': ' + data));
  room.on('gap', ({ reason }) => tell('gap: ' + reason));
  const add = (port) => {
    ports.push(port);
    for (const what of told) port.postMessage(what);
    port.onmessage = ({ data }) => void room.publish(data);
  };
  if (globalThis.SharedWorkerGlobalScope) {
    globalThis.onconnect = ({ ports: [port] }) => add(port);
  } else if (globalThis.WorkerGlobalScope) {
    add(globalThis);
  } else {
    const { port1, port2 } = new MessageChannel();
    add(port1);
    port2.onmessage = ({ data }) => globalThis.told.push(data);
    globalThis.say = (data) => port2.postMessage(data);
  }
`;

function answerTo(path: string): { readonly type: string; readonly text: string } | undefined {
  if (path === '/') {
    return { type: 'text/html', text: '<!doctype html><title>pages</title>' };
  }
  if (path === '/follow.js') {
    return { type: 'text/javascript', text: script };
  }
  const file = `${dist}${path}`;
  return /^\/[\w/-]+\.js$/.test(path) && existsSync(file)
    ? { type: 'text/javascript', text: readFileSync(file, 'utf8') }
    : undefined;
}

/** What stands before the script in each place, so that what is told arrives in the page's \`told\`. */
const places: Readonly<Record<string, (url: string) => string>> = {
  'a worker': (url) => `
    const worker = new Worker('${url}', { type: 'module' });
    worker.onmessage = ({ data }) => told.push(data);
    globalThis.say = (data) => worker.postMessage(data);`,
  'a shared worker': (url) => `
    const { port } = new SharedWorker('${url}', { type: 'module' });
    port.onmessage = ({ data }) => told.push(data);
    globalThis.say = (data) => port.postMessage(data);`,
};

describe('the SDK in Chromium', () => {
  let http: HttpServer;
  let server: Server;
  let browser: Browser;
  let origin: string;
  let users = 0;

  beforeAll(async () => {
    http = createHttpServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://a');
      const answer = answerTo(pathname);
      const status = answer === undefined ? 404 : 200;
      response.writeHead(status, { 'Content-Type': answer?.type ?? 'text/plain' });
      response.end(answer?.text);
    });
    server = createServer({
      path: '/live',
      policy: { connect: ({ token }) => token, subscribe: () => true, publish: () => true },
    });
    await server.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close({ withinMs: 0 });
    http?.closeAllConnections();
    http?.close();
  });

  async function openPage(): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate('globalThis.told = []');
    return page;
  }

  const toldIn = (page: Page): Promise<string[]> => page.evaluate('told');
  const scriptFor = (by: string): string => {
    users += 1;
    return `/follow.js?by=${by}&user=u${users}`;
  };

  describe.each(Object.keys(places))('in %s', (place) => {
    it.each(['websocket', 'sse', 'long-poll'])('follows and publishes: %s', async (by) => {
      const page = await openPage();
      const url = scriptFor(by);
      const user = `u${users}`;
      await page.evaluate(places[place]!(url));
      await expect.poll(() => toldIn(page), soon).toContain('live');
      await page.evaluate(`say('from ${user}')`);
      await expect.poll(() => toldIn(page), soon).toContain(`${user}: from ${user}`);
      await page.close();
    });
  });

  it.each(['websocket', 'sse', 'long-poll'])(
    'a page that stood still for much longer than its heartbeat waits then has all of it, once and in order: %s',
    async (by) => {
      const page = await openPage();
      await page.evaluate(`void import('${scriptFor(by)}')`);
      await expect.poll(() => toldIn(page), soon).toContain('live');
      await page.evaluate(`
        globalThis.stoodMs = 0;
        let lastMs = performance.now();
        setInterval(() => {
          stoodMs = Math.max(stoodMs, performance.now() - lastMs);
          lastMs = performance.now();
        }, 10);
      `);
      const devtools = await page.context().newCDPSession(page);
      await devtools.send('Debugger.enable');
      await devtools.send('Debugger.pause');
      const said = Array.from({ length: 500 }, (_, i) => `${by} ${i}`);
      for (const text of said) {
        await server.publish('room', text);
      }
      // The stillness has a length; this is no waiting for something to happen.
      await sleep(2_500);
      await devtools.send('Debugger.disable');
      const heard = async (): Promise<string[]> =>
        (await toldIn(page)).filter((what) => /^undefined: |^gap/.test(what));
      await expect.poll(heard, soon).toEqual(said.map((text) => `undefined: ${text}`));
      expect(await page.evaluate('stoodMs')).toBeGreaterThan(2_000);
      await page.close();
    },
  );
});
