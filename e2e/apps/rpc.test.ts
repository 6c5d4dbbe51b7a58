/**
 * examples/rpc in Chromium: calls, what is told on the way, and refusals that stand beside the field that is wrong.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTooWide, Stage, soon } from './stage.ts';

interface Voyage {
  readonly from?: string;
  readonly to?: string;
  readonly knots?: string;
}

async function sail(page: Page, { from = 'Trieste', to = 'Pula', knots = '12' }: Voyage) {
  await page.getByLabel('From').selectOption(from);
  await page.getByLabel('To').selectOption(to);
  await page.getByLabel('Knots').fill(knots);
  await page.getByRole('button', { name: 'Sail' }).click();
}

const toldIn = (page: Page): Promise<string | null> => page.locator('output').textContent();
const errorsIn = (page: Page): Promise<string[]> => page.getByRole('alert').allTextContents();

describe('examples/rpc', () => {
  let stage: Stage;
  let page: Page;

  beforeAll(async () => {
    stage = new Stage('rpc');
    await stage.serve();
    page = await stage.visit();
    await page.getByRole('button', { name: 'Sail' }).waitFor();
  });

  afterAll(() => stage?.end());

  it('a call is answered, and says before how far it is', async () => {
    const other = await stage.visit();
    await other.getByRole('button', { name: 'Sail' }).waitFor();
    await sail(page, { to: 'Dubrovnik', knots: '2' });
    await page.getByText(/^[1-9]\d* of 340 miles …$/).waitFor();
    // Each has its own: what another calls meanwhile neither waits nor mixes.
    await sail(other, {});
    await expect.poll(() => toldIn(other), soon).toBe('There: 60 miles in 5.0 hours');
    expect(await toldIn(page)).toMatch(/of 340 miles/);
    for (const look of ['light', 'dark', 'phone']) {
      await stage.picture(page, look);
      expect(await isTooWide(page)).toBe(false);
    }
    await expect.poll(() => toldIn(page), soon).toBe('There: 340 miles in 170.0 hours');
    await other.context().close();
  });

  it('what is wrong is told beside its field, each in the words of the contract', async () => {
    await sail(page, { knots: '80' });
    await expect
      .poll(() => errorsIn(page), soon)
      .toEqual(['', '', 'She does 25 knots at the most']);
    await stage.picture(page, 'refused');
    await sail(page, { from: 'Split', to: 'Split' });
    await expect.poll(() => errorsIn(page), soon).toEqual(['', 'You are there already', '']);
    await sail(page, { knots: '' });
    await expect.poll(() => errorsIn(page), soon).toEqual(['', '', 'Say how fast, as a number']);
  });

  it('what the handler refuses is told in its own words', async () => {
    await sail(page, { to: 'Zadar' });
    await expect
      .poll(() => toldIn(page), soon)
      .toBe('The harbour of Zadar is closed today: a storm (CALL_FAILED)');
    expect(await errorsIn(page)).toEqual(['', '', '']);
  });

  it('who turns back is told at once', async () => {
    await sail(page, { to: 'Dubrovnik', knots: '1' });
    await page.getByText(/of 340 miles/).waitFor();
    await page.getByRole('button', { name: 'Turn back' }).click();
    await expect.poll(() => toldIn(page), soon).toContain('(CALL_CANCELLED)');
  });

  it('no console has complained', () => {
    expect(stage.complaints).toEqual([]);
  });
});
