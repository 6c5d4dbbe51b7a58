/**
 * examples/cursors in Chromium: where one points, the other sees it, and nobody who has gone leaves a pointer behind.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTooWide, Stage, soon } from './stage.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

const hereIn = (page: Page): Promise<string[]> =>
  page.getByLabel('Who is here').getByRole('listitem').allTextContents();

/** Where the tips of the pointers are, in parts of the board. */
function pointersIn(page: Page): Promise<Point[]> {
  return page.locator('.cursor').evaluateAll((found) =>
    found.map((each) => {
      const { left, top } = each.getBoundingClientRect();
      const round = (part: number): number => Math.round(part * 100) / 100;
      return { x: round(left / innerWidth), y: round(top / innerHeight) };
    }),
  );
}

async function point(page: Page, { x, y }: Point): Promise<void> {
  const { width, height } = page.viewportSize()!;
  await page.mouse.move(x * width, y * height, { steps: 12 });
}

describe('examples/cursors', () => {
  let stage: Stage;
  let ada: Page;
  let bob: Page;

  beforeAll(async () => {
    stage = new Stage('cursors');
    await stage.serve();
    ada = await stage.visit('?name=Ada');
    bob = await stage.visit('?name=Bob');
  });

  afterAll(() => stage?.end());

  it('each sees who is there', async () => {
    await expect.poll(() => hereIn(ada), soon).toEqual(['Ada (you)', 'Bob']);
    await expect.poll(() => hereIn(bob), soon).toEqual(['Ada', 'Bob (you)']);
  });

  it('the other sees where one points, whatever the size of its window, and one sees none of oneself', async () => {
    await bob.setViewportSize({ width: 600, height: 900 });
    await point(ada, { x: 0.2, y: 0.3 });
    await expect.poll(() => pointersIn(bob), soon).toEqual([{ x: 0.2, y: 0.3 }]);
    await point(ada, { x: 0.75, y: 0.6 });
    await expect.poll(() => pointersIn(bob), soon).toEqual([{ x: 0.75, y: 0.6 }]);
    expect(await pointersIn(ada)).toEqual([]);
  });

  it('a wave is seen by both, for a moment', async () => {
    await Promise.all([
      bob.locator('i').waitFor({ state: 'attached' }),
      ada.locator('i').waitFor({ state: 'attached' }),
      ada.mouse.down(),
    ]);
    await bob.locator('i').waitFor({ state: 'detached' });
  });

  it('who comes later sees where the others rest, and is gone when it goes', async () => {
    await point(bob, { x: 0.3, y: 0.75 });
    const cy = await stage.visit('?name=Cy');
    const resting = [
      { x: 0.3, y: 0.75 },
      { x: 0.75, y: 0.6 },
    ];
    const sorted = async (page: Page): Promise<Point[]> =>
      (await pointersIn(page)).toSorted((one, other) => one.x - other.x);
    await expect.poll(() => sorted(cy), soon).toEqual(resting);
    await point(cy, { x: 0.2, y: 0.2 });
    await expect.poll(() => pointersIn(ada), soon).toHaveLength(2);
    for (const look of ['light', 'dark', 'phone']) {
      await cy.mouse.down();
      await cy.mouse.up();
      await ada.locator('i').waitFor({ state: 'attached' });
      await stage.picture(ada, look);
      expect(await isTooWide(ada)).toBe(false);
    }
    await cy.context().close();
    await expect.poll(() => pointersIn(ada), soon).toHaveLength(1);
    expect(await hereIn(ada)).toHaveLength(2);
  });

  it('after a restart all of them find each other again', async () => {
    await stage.kill();
    await ada.getByText('Looking for the others').waitFor();
    await stage.serve();
    await ada.getByText('2 on board').waitFor();
    await point(bob, { x: 0.4, y: 0.5 });
    await expect.poll(() => pointersIn(ada), soon).toEqual([{ x: 0.4, y: 0.5 }]);
  });

  it('no console has complained', () => {
    expect(stage.complaints).toEqual([]);
  });
});
