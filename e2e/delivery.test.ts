/**
 * The promise, as people at the page see it: a server with the durable engine is killed again and again while two tabs write, and each
 * message is in the log once and on both pages once, in one order, by whatever way the tabs have come.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../interop/chromium.ts';
import { type Product, startProduct } from './product.ts';
import { linesOf, seen, status, write } from './tab.ts';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const kills = 4;
/** Written by each tab in each life of the server. */
const perLife = 10;

let browser: Browser;
beforeAll(async () => {
  mkdirSync(artifacts, { recursive: true });
  browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.each(['websocket', 'sse', 'long-poll'])(
  'by %s, a durable server that is killed',
  (way) => {
    let folder: string;
    let product: Product;
    let context: BrowserContext;
    let a: Page;
    let b: Page;

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tautline-'));
      product = await startProduct(0, ['--data', folder]);
      context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
      [a, b] = await Promise.all([open(), open()]);
    });
    afterEach(async () => {
      await context?.close();
      await product?.kill();
      await rm(folder, { recursive: true, force: true });
    });

    async function open(): Promise<Page> {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${product.port}/?by=${way}`);
      await status(page, 'Connected');
      return page;
    }

    it('loses nothing and doubles nothing, and each message says how it stands', async () => {
      const written: string[] = [];
      for (let life = 1; life <= kills; life += 1) {
        for (let i = 1; i <= perLife; i += 1) {
          for (const [name, page] of Object.entries({ a, b })) {
            written.push(`${name}, life ${life}, ${i}`);
            await write(page, written.at(-1)!);
          }
          // In the middle of what is under way, not after it.
          if (i === perLife / 2) {
            await product.kill();
          }
        }
        await a.locator('.outgoing').first().waitFor();
        await a.screenshot({ path: `${artifacts}delivery-${way}.png` });
        await sleep(200);
        product = await startProduct(product.port, ['--data', folder]);
        await Promise.all([status(a, 'Connected'), status(b, 'Connected')]);
      }
      for (const page of [a, b]) {
        await page.locator('.outgoing').first().waitFor({ state: 'detached' });
        await seen(page, written.at(-1)!);
        await seen(page, written.at(-2)!);
      }
      const [linesA, linesB] = await Promise.all([linesOf(a), linesOf(b)]);
      expect(linesB).toEqual(linesA);
      expect([...linesA].sort()).toEqual([...written].sort());
      for (const name of ['a', 'b']) {
        const own = (line: string): boolean => line.startsWith(`${name},`);
        expect(linesA.filter(own)).toEqual(written.filter(own));
      }
      // Who comes later sees the same.
      expect(await linesOf(await openAnew(written))).toEqual(linesA.slice(-50));
    });

    async function openAnew(written: readonly string[]): Promise<Page> {
      const page = await open();
      await seen(page, written.at(-1)!);
      return page;
    }
  },
);
