/**
 * Tabs of a real browser that share a road: one connection at the server, whoever of them holds it, and whatever becomes of that one.
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import { createServer, type Server } from '../../src/server/index.ts';
import type { SharedTab } from './shared-page.ts';

declare const shared: SharedTab;

const soon = { timeout: 20_000 };
const ways = ['', '/worker.js'];

let browser: Browser;
let http: HttpServer;
let server: Server;
let origin: string;
/** Connections that are open, and how many there ever were in one test. */
const sockets = new Set<Socket>();
let opened = 0;
let context: BrowserContext;
let said: number[] = [];

beforeAll(async () => {
  const [page, worker] = await Promise.all(['shared-page.ts', 'shared-worker.ts'].map(bundle));
  http = createHttpServer(({ url = '/' }, response) => {
    const isScript = new URL(url, 'http://page.test').pathname.endsWith('.js');
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
    response.end(
      isScript ? worker : `<!doctype html><title>tab</title><script type="module">${page}</script>`,
    );
  });
  http.on('upgrade', (_request, socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
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

beforeEach(async () => {
  context = await browser.newContext();
  said = [];
  opened = 0;
});

afterEach(async () => {
  await context.close();
  await expect.poll(() => sockets.size, soon).toBe(0);
});

afterAll(async () => {
  await browser?.close();
  await server?.close({ withinMs: 0 });
  http?.closeAllConnections();
  http?.close();
});

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name, import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    tsconfigRaw: {},
  });
  return outputFiles[0]!.text;
}

async function open(worker: string, user = 'ada'): Promise<Page> {
  const page = await context.newPage();
  const asked = new URLSearchParams(worker === '' ? { user } : { user, worker });
  await page.goto(`${origin}/?${String(asked)}`);
  await expect.poll(() => page.evaluate(() => shared.statuses), soon).toContain('room live');
  return page;
}

async function openFive(worker: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let n = 0; n < 5; n += 1) {
    pages.push(await open(worker));
  }
  return pages;
}

/** The server says so many numbers, some milliseconds apart. */
async function say(many: number): Promise<void> {
  for (let n = 0; n < many; n += 1) {
    said.push(said.length + 1);
    await server.publish('room', said.length);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function expectAllHeard(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await expect.poll(() => page.evaluate(() => shared.heard), soon).toEqual(said);
  }
}

/** The one that holds the road. */
async function leaderOf(pages: readonly Page[]): Promise<Page> {
  const roads = await Promise.all(pages.map((page) => page.evaluate(() => shared.roads)));
  expect(roads.filter((count) => count > 0)).toEqual([1]);
  return pages[roads.indexOf(1)]!;
}

async function crash(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}

/** No client was without a connection since it had the first. */
async function expectNoBreak(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    const statuses = await page.evaluate(() => shared.statuses);
    expect(statuses.filter((status) => /^(?:waiting|connected)$/.test(status))).toEqual([
      'connected',
    ]);
  }
}

describe.each(ways)('five tabs, by %j', (way) => {
  it('have one connection at the server, and each hears all of it, once and in order', async () => {
    const pages = await openFive(way);
    await say(200);
    await expectAllHeard(pages);
    expect([sockets.size, opened]).toEqual([1, 1]);
    await expectNoBreak(pages);
  });

  it('publish by it, each in its own name', async () => {
    const [one, other] = [await open(way), await open(way)];
    await one.evaluate(() => shared.publish('from one'));
    await expect.poll(() => other.evaluate(() => shared.heard), soon).toEqual(['from one']);
    await other.evaluate(() => shared.publish('from other'));
    await expect
      .poll(() => one.evaluate(() => shared.heard), soon)
      .toEqual(['from one', 'from other']);
    expect(sockets.size).toBe(1);
  });

  it('of two users have two', async () => {
    const pages = [
      await open(way),
      await open(way, 'bob'),
      await open(way),
      await open(way, 'bob'),
    ];
    await say(20);
    await expectAllHeard(pages);
    expect([sockets.size, opened]).toEqual([2, 2]);
  });
});

describe('the tab that holds the road', () => {
  it('is closed, then its follower crashes, in the middle of what is said: nothing is missed, nothing comes twice', async () => {
    let pages = await openFive('');
    for (const end of [(page: Page) => page.close(), crash]) {
      const saying = say(300);
      const leader = await leaderOf(pages);
      await end(leader);
      pages = pages.filter((page) => page !== leader);
      await saying;
      await say(50);
      await expectAllHeard(pages);
      await expect.poll(() => sockets.size, soon).toBe(1);
    }
    expect(pages).toHaveLength(3);
  });

  it('stands still: another takes its place, and it comes back as one of the others', async () => {
    const pages = [await open(''), await open(''), await open('')];
    const leader = await leaderOf(pages);
    const others = pages.filter((page) => page !== leader);
    const devtools = await context.newCDPSession(leader);
    await devtools.send('Debugger.enable');
    await devtools.send('Debugger.pause');
    await say(200);
    await expectAllHeard(others);
    await devtools.send('Debugger.disable');
    await say(50);
    await expectAllHeard(pages);
    await expect.poll(() => sockets.size, soon).toBe(1);
    expect(await leaderOf(pages)).not.toBe(leader);
  });

  it('is not seen any more: one that is takes its place, and nobody is without a connection meanwhile', async () => {
    const pages = [await open(''), await open('')];
    const leader = await leaderOf(pages);
    const saying = say(400);
    await leader.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await saying;
    await expectAllHeard(pages);
    await expect.poll(() => sockets.size, soon).toBe(1);
    expect(await leaderOf(pages)).not.toBe(leader);
    expect(opened).toBe(2);
    await expectNoBreak(pages);
  });
});

describe('a worker that holds the road', () => {
  it('keeps it when tabs are closed and crash in the middle of what is said', async () => {
    let pages = await openFive('/worker.js');
    for (const end of [(page: Page) => page.close(), crash]) {
      const saying = say(100);
      const [first, ...others] = pages;
      await end(first!);
      pages = others;
      await saying;
      await expectAllHeard(pages);
    }
    expect([sockets.size, opened]).toEqual([1, 1]);
  });

  it('that cannot be had is done without: one of the tabs holds the road', async () => {
    const pages = [await open('/none.mjs'), await open('/none.mjs')];
    await say(20);
    await expectAllHeard(pages);
    expect(sockets.size).toBe(1);
    await leaderOf(pages);
  });
});
