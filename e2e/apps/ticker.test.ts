/**
 * examples/ticker in Chromium: everybody sees the same prices, from the first moment on, and each change once.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../src/client/node/index.ts';
import { isTooWide, Stage, soon } from './stage.ts';

const pricesOf = (page: Page): Promise<string[]> => page.locator('td span').allTextContents();
const isPrice = (text: string): boolean => /^\d+\.\d\d$/.test(text);
const whole = 6 * 3 * 2;

describe('examples/ticker', () => {
  let stage: Stage;
  let one: Page;
  let other: Page;

  beforeAll(async () => {
    stage = new Stage('ticker');
    await stage.serve({ EVERY_MS: '100' });
    one = await stage.visit();
    other = await stage.visit();
  });

  afterAll(() => stage?.end());

  it('who comes sees the whole table, whatever changes at that moment', async () => {
    for (const page of [one, other]) {
      await expect
        .poll(async () => (await pricesOf(page)).filter(isPrice).length, soon)
        .toBe(whole);
    }
  });

  it('prices change, and say which way they went', async () => {
    const before = await pricesOf(one);
    await expect.poll(async () => (await pricesOf(one)).join() !== before.join(), soon).toBe(true);
    await expect.poll(() => one.locator('td [data-went=up]').count(), soon).toBeGreaterThan(2);
    await expect.poll(() => one.locator('td [data-went=down]').count(), soon).toBeGreaterThan(2);
    await expect
      .poll(() => one.evaluate('document.getAnimations().length'), soon)
      .toBeGreaterThan(0);
    for (const look of ['light', 'dark', 'phone']) {
      await stage.picture(one, look);
      expect(await isTooWide(one)).toBe(false);
    }
  });

  it('two people see the same', async () => {
    await expect
      .poll(async () => {
        const [mine, theirs] = await Promise.all([pricesOf(one), pricesOf(other)]);
        return mine.join() === theirs.join();
      }, soon)
      .toBe(true);
  });

  it('while there is no server it says that the prices are old; then they go on by themselves', async () => {
    await stage.kill();
    await other.getByText('these prices are old').waitFor();
    await stage.picture(other, 'offline');
    // So slow that nothing changes: what is shown is what there is.
    await stage.serve({ EVERY_MS: '1000000' });
    await other.getByText('live', { exact: true }).waitFor();
    const late = await stage.visit();
    await expect.poll(async () => (await pricesOf(late)).filter(isPrice).length, soon).toBe(whole);
    const fresh = await pricesOf(late);
    await expect.poll(() => pricesOf(other), soon).toEqual(fresh);
    await expect.poll(() => pricesOf(one), soon).toEqual(fresh);
  });

  it('nobody but the server sets a price', async () => {
    const client = createClient(stage.live, { token: 'anybody' });
    const price = { bid: 1, ask: 2 };
    await expect(client.set('price/ROPE', 'Oslo', price)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    client.close();
  });

  it('no console has complained', () => {
    expect(stage.complaints).toEqual([]);
  });
});
