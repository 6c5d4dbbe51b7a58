/**
 * The first real run: two tabs of a real browser, a network that is cut, a server that is killed.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../interop/chromium.ts';
import { type Gate, openGate } from './gate.ts';
import { type Product, startProduct } from './product.ts';
import { startProgram } from './program.ts';
import { linesOf, seen, status, write } from './tab.ts';

const artifacts = fileURLToPath(new URL('../artifacts/', import.meta.url));
const cutMs = 5000;

/** How far a page is wider than its window, in pixels. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

// In this file, and before the others: it builds, and empties the folder from which the others are served.
describe('`npm start`, as the README says', () => {
  it('builds, serves the page with its policy, and says goodbye on Ctrl+C', async () => {
    const started = startProgram(['npm', 'start', '--', '--port', '0']);
    try {
      const [url] = await started.saw(/http:\/\/127\.0\.0\.1:\d+\//);
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await response.text()).toContain('<title>Tautline</title>');
    } finally {
      await started.end('SIGINT');
    }
    expect(started.printed()).toMatch(/\nStopping: telling every client to come back later\.\n$/);
  });
});

describe('two tabs on the page of the first run', () => {
  let product: Product;
  let gate: Gate;
  let browser: Browser;
  let context: BrowserContext;
  let a: Page;
  let b: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    product = await startProduct(0);
    gate = await openGate(product.port);
    browser = await launchChromium();
    context = await browser.newContext({ viewport: { width: 1200, height: 800 } });
    a = await open(`http://127.0.0.1:${product.port}/`);
    b = await open(`http://127.0.0.1:${gate.port}/`);
  });

  afterAll(async () => {
    await browser?.close();
    await gate?.close();
    await product?.kill();
  });

  async function open(url: string): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(url);
    await status(page, 'Connected');
    return page;
  }

  it('what A writes, B sees, and the other way round', async () => {
    await write(a, 'from A');
    await seen(b, 'from A');
    await write(b, 'from B');
    await seen(a, 'from B');
    expect(await linesOf(a)).toEqual(['from A', 'from B']);
    expect(await linesOf(b)).toEqual(['from A', 'from B']);
  });

  it('B is cut off for 5 s while A writes: B comes back by itself and has all of it, once, in order', async () => {
    gate.cut();
    await status(b, 'Waiting to reconnect');
    const written = Array.from({ length: 10 }, (_, i) => `while B was away, ${i + 1}`);
    const healAt = performance.now() + cutMs;
    for (const text of written) {
      await write(a, text);
      await seen(a, text);
    }
    expect(await linesOf(b)).toEqual(['from A', 'from B']);
    await b.screenshot({ path: `${artifacts}first-run-cut.png` });
    // The cut has a length; this is no waiting for something to happen.
    await sleep(Math.max(0, healAt - performance.now()));
    gate.heal();
    await status(b, 'Connected');
    await seen(b, written.at(-1)!);
    expect(await linesOf(b)).toEqual(['from A', 'from B', ...written]);
    expect(await b.getByTestId('gaps').textContent()).toBe('0');
  });

  it('the server is killed and started again: both tabs come back, say `gap: epoch`, and go on in order', async () => {
    const before = await linesOf(a);
    const { port } = product;
    await product.kill();
    await Promise.all([status(a, 'Waiting'), status(b, 'Waiting')]);
    product = await startProduct(port);
    await Promise.all([status(a, 'Connected'), status(b, 'Connected')]);
    await Promise.all([a.getByTestId('gap').waitFor(), b.getByTestId('gap').waitFor()]);
    const after = ['one', 'two', 'three'];
    for (const text of after) {
      await write(a, text);
      await seen(b, text);
    }
    await write(b, 'four, from B');
    await seen(a, 'four, from B');
    const expected = [...before, 'gap: epoch', ...after, 'four, from B'];
    expect(await linesOf(a)).toEqual(expected);
    expect(await linesOf(b)).toEqual(expected);
  });

  it('a hundred messages at once arrive once and in order, and the rate and the round trip are shown', async () => {
    await a.getByTestId('burst').click();
    await Promise.all([seen(a, '100 of 100'), seen(b, '100 of 100')]);
    const burst = Array.from({ length: 100 }, (_, i) => `${i + 1} of 100`);
    expect((await linesOf(a)).slice(-100)).toEqual(burst);
    expect((await linesOf(b)).slice(-100)).toEqual(burst);
    await a
      .getByTestId('round-trip')
      .filter({ hasText: /^\d+\.\d ms$/ })
      .waitFor();
    await b
      .getByRole('img', { name: /Messages per second/ })
      .locator('rect[height="32"]')
      .waitFor();
  });

  it('the button on the page cuts one tab, which heals without a gap', async () => {
    const gapsBefore = await b.getByTestId('gaps').textContent();
    await b.getByTestId('cut').click();
    await status(b, 'Waiting');
    await write(a, 'did you hear that?');
    await seen(b, 'did you hear that?');
    await status(b, 'Connected');
    expect(await b.getByTestId('gaps').textContent()).toBe(gapsBefore);
  });

  it('a server that is told to stop says goodbye and ends with code 0', async () => {
    const { port } = product;
    expect(await product.stop()).toBe(0);
    await status(a, 'Waiting');
    product = await startProduct(port);
    await status(a, 'Connected');
  });

  it('looks as it should in light, in dark and on a phone', async () => {
    const looks = [
      { name: 'light', colorScheme: 'light', width: 1200, height: 800 },
      { name: 'dark', colorScheme: 'dark', width: 1200, height: 800 },
      { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
    ] as const;
    await write(a, 'Is the line up?');
    await write(b, 'Taut as a bowstring.');
    await seen(a, 'Taut as a bowstring.');
    for (const { name, colorScheme, width, height } of looks) {
      await a.emulateMedia({ colorScheme });
      await a.setViewportSize({ width, height });
      await a.screenshot({ path: `${artifacts}first-run-${name}.png` });
      expect(await overflow(a), `${name} scrolls sideways`).toBe(0);
    }
    // Its words are the longest while it waits.
    await a.getByTestId('cut').click();
    await status(a, 'Waiting');
    await a.screenshot({ path: `${artifacts}first-run-phone-cut.png` });
    expect(await overflow(a), 'a phone that is cut scrolls sideways').toBe(0);
    expect(errors).toEqual([]);
  });
});
