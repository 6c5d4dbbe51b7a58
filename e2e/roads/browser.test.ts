/**
 * Roads of plain requests in a real browser: seven tabs with six connections between them, and a plain EventSource that comes back.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import { createEndpoint, type Endpoint } from '../../src/endpoint/index.ts';
import { eventSourceTransport } from '../../src/transports/event-source.ts';
import { httpTransport } from '../../src/transports/http-transport.ts';
import { disconnects } from '../../src/wire/index.ts';
import { Bus, Clerk, deskAt, echo, say } from '../../test/transports/roads.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const soon = { timeout: 20_000 };

/** What the pages of these tests ask for: the built client, and nothing else. */
function answerTo(url: string): string | undefined {
  if (url === '/') {
    return '<!doctype html><title>roads</title>';
  }
  const file = `${root}dist${url}`;
  return /^\/[\w/-]+\.js$/.test(url) && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

describe('in Chromium', () => {
  let server: Server;
  let endpoint: Endpoint;
  let browser: Browser;
  let context: BrowserContext;
  let url: string;
  const clerk = new Clerk();
  const events = new Clerk();
  /** Requests of each kind that are being answered now. */
  const held = { stream: 0, poll: 0, now: 0 };

  beforeAll(async () => {
    server = createServer(({ url: asked = '/' }, response) => {
      const text = answerTo(asked);
      const type = asked === '/' ? 'text/html' : 'text/javascript';
      response.writeHead(text === undefined ? 404 : 200, { 'Content-Type': type }).end(text);
    });
    endpoint = createEndpoint();
    const hub = deskAt(new Bus().post('node1'));
    httpTransport({ endpoint, path: '/live', gateways: [clerk.gateway()], hub });
    eventSourceTransport({
      endpoint,
      path: '/events',
      gateway: events.gateway(),
      hub,
      cookie: 'session',
    });
    endpoint.attach(server);
    server.on('request', ({ headers }, response) => {
      const kind = headers['tautline-down'];
      if (kind === 'stream' || kind === 'poll' || kind === 'now') {
        held[kind] += headers['tautline-road'] === 'new' ? 0 : 1;
        response.once('close', () => {
          held[kind] -= headers['tautline-road'] === 'new' ? 0 : 1;
        });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchChromium();
    context = await browser.newContext();
  });

  afterAll(async () => {
    await browser?.close();
    await endpoint?.close({ withinMs: 0 });
    server?.closeAllConnections();
    server?.close();
  });

  /** A tab with a road, which writes down what it is told. */
  async function tab(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(`(async () => {
      const { sse } = await import('/client/transports/sse.js');
      globalThis.told = [];
      globalThis.road = sse().open(location.href.replace('http', 'ws') + 'live', ['test'], {
        opened: () => told.push('opened'),
        received: (payload) => told.push(payload),
        closed: ({ code, reason }) => told.push(code + ' ' + reason),
      });
    })()`);
    return page;
  }
  const told = (page: Page): Promise<unknown> => page.evaluate('told');

  it('seven tabs hold one request between them; all are told everything, and can still say something', async () => {
    clerk.answer = echo;
    const tabs: Page[] = [];
    for (let i = 0; i < 7; i += 1) {
      tabs.push(await tab());
      await expect.poll(() => told(tabs[i]!), soon).toEqual(['opened']);
    }
    expect([held.stream, held.poll]).toEqual([1, 0]);
    for (const pipe of clerk.pipes) {
      say(pipe, 'to all');
    }
    for (const page of tabs) {
      await expect.poll(() => told(page), soon).toEqual(['opened', 'to all']);
      await page.evaluate("road.send('mine')");
    }
    for (const page of tabs) {
      await expect.poll(() => told(page), soon).toEqual(['opened', 'to all', 're mine']);
    }
    await tabs[0]!.close();
    await expect.poll(() => held.stream, soon).toBe(1);
    say(clerk.pipes[6]!, 'still');
    await expect.poll(() => told(tabs[6]!), soon).toContain('still');
    await Promise.all(tabs.slice(1).map((page) => page.close()));
  });

  it('an EventSource comes back by itself, behind the last event that it saw, as the same user', async () => {
    await context.addCookies([{ name: 'session', value: 'ada', url }]);
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(`
      globalThis.told = [];
      const source = new EventSource('/events?channel=room');
      source.onmessage = ({ data, lastEventId }) => told.push(lastEventId + ' ' + data);
    `);
    await expect.poll(() => events.pipes.length, soon).toBe(1);
    say(events.pipes[0]!, 'id: e:1:a\ndata: one\n\n');
    await expect.poll(() => told(page), soon).toEqual(['e:1:a one']);
    // A position without an event: the browser keeps it all the same.
    say(events.pipes[0]!, 'id: e:2:b\n\n');
    events.pipes[0]!.close(disconnects.SERVER_STOPPING);
    await expect.poll(() => events.pipes.length, soon).toBe(2);
    expect(events.told).toEqual([
      '{"channel":"room","token":"ada"}',
      'closed',
      '{"channel":"room","token":"ada","since":"e:2:b"}',
    ]);
    events.pipes[1]!.close(disconnects.UNAUTHORISED);
    await expect.poll(() => events.told.length, soon).toBe(4);
    await page.close();
  });
});
