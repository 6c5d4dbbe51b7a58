/**
 * `tautline/protocol` runs unchanged in a browser: the built files as they are, in real pages, both ends of a connection.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, browsers, type Page } from './browsers.ts';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const script = readFileSync(new URL('./peers/protocol.mjs', import.meta.url));
const text = 'Grüße, 世界, 🧵';
const received = { text, bytes: 100_000, isSame: true, more: [] };
const badText = { code: 1007, reason: 'a text message is not valid UTF-8' };
const closed = { code: 4000, reason: 'bye 🧵', clean: true, fault: null };

describe.each(browsers)('the protocol in a page of $name', ({ launch }) => {
  let http: Server;
  let browser: Browser;
  let page: Page;
  /** What the page asked for and did not get. */
  const refused: string[] = [];
  const served: string[] = [];

  beforeAll(async () => {
    http = createServer(({ url = '/' }, response) => {
      const answer = answerTo(url);
      (answer === undefined ? refused : served).push(url);
      response.writeHead(answer === undefined ? 404 : 200, {
        'Content-Type': url === '/' ? 'text/html' : 'text/javascript',
      });
      response.end(answer);
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    browser = await launch();
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
  });

  afterAll(async () => {
    await browser.close();
    http.closeAllConnections();
    http.close();
  });

  const runWith = (door: string): Promise<unknown> =>
    page.evaluate(`
      Promise.all([import('${door}'), import('/protocol.mjs')]).then(([protocol, { runProtocol }]) =>
        runProtocol(protocol))
    `);

  it('talks with itself as client and server, by the files of two floors and nothing else', async () => {
    expect(await runWith('/protocol/index.js')).toEqual({
      // §1.3
      accept: 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      exchange: [received, received],
      ping: { client: ['pong 1,2 after 7 ms'], server: ['ping 1,2'] },
      closedByClient: { client: [closed], server: [closed] },
      closedByServer: { client: [closed], server: [closed] },
      invalidText: {
        client: [{ ...badText, clean: true, fault: null }],
        server: [{ ...badText, clean: false, fault: 'INVALID_UTF8' }],
      },
      alike: { told: 50, masked: 50, unmasked: 50, differentKeys: 50 },
    });
    expect(refused.filter((url) => url !== '/favicon.ico')).toEqual([]);
    expect(served).toContain('/protocol/connection.js');
    expect(served).toContain('/ground/bytes.js');
  });

  it('is not there, and the page says so, when one of its files cannot be loaded', async () => {
    // Under another address every file is loaded anew, and this one has no ground under it.
    await expect(runWith('/alone/protocol/index.js')).rejects.toThrow(
      'dynamically imported module',
    );
    expect(refused.filter((url) => url.startsWith('/alone/'))).toContain('/alone/ground/bytes.js');
  });
});

function answerTo(url: string): Buffer | string | undefined {
  if (url === '/') {
    return '<!doctype html><title>protocol</title>';
  }
  if (url === '/protocol.mjs') {
    return script;
  }
  const file = /^(?:\/alone(?=\/protocol\/)|(?=\/(?:ground|protocol)\/))(\/[\w/-]+\.js)$/.exec(url);
  const path = file === null ? undefined : `${dist}${file[1]}`;
  return path !== undefined && existsSync(path) ? readFileSync(path) : undefined;
}
