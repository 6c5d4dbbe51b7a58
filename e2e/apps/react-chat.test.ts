/**
 * examples/react-chat in Chromium: two people, a server that is killed between them, and one that has lost its log.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isTooWide, Stage, soon } from './stage.ts';

const textsOf = (page: Page): Promise<string[]> => page.locator('.log li > span').allTextContents();
const statusOf = (page: Page): Promise<string | null> => page.getByRole('status').textContent();

async function say(page: Page, text: string): Promise<void> {
  await page.getByPlaceholder('Say it').fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
}

describe('examples/react-chat', () => {
  let stage: Stage;
  let ada: Page;
  let bob: Page;
  let folder: string;

  beforeAll(async () => {
    stage = new Stage('react-chat');
    folder = stage.folder();
    await stage.serve({ FOLDER: folder });
    ada = await stage.visit();
    await ada.getByLabel('Your name').fill('Ada');
    await ada.getByRole('button', { name: 'Join' }).click();
    bob = await stage.visit('?name=Bob');
  });

  afterAll(() => stage?.end());

  it('each sees who is there', async () => {
    for (const page of [ada, bob]) {
      await expect
        .poll(() => page.getByLabel('Who is here').getByRole('listitem').allTextContents(), soon)
        .toEqual(['Ada', 'Bob']);
    }
  });

  it('who is typing is shown to the other, and not to oneself', async () => {
    await bob.getByPlaceholder('Say it').fill('Hm');
    await ada.getByText(/^Bob typing|, Bob typing/).waitFor();
    expect(await bob.locator('.typing').textContent()).toBe('');
  });

  it('what one says, both see, with the tick for who said it', async () => {
    await say(ada, 'Is the line up?');
    await expect.poll(() => textsOf(bob), soon).toEqual(['Is the line up?']);
    await ada.locator('.mine.stored').waitFor();
    await say(bob, 'Taut as a bowstring. Bring the charts over when the tide turns.');
    await expect.poll(() => textsOf(ada), soon).toHaveLength(2);
    expect(await bob.locator('.theirs b').allTextContents()).toEqual(['Ada']);
  });

  it('what is said while the server is down is shown at once, and is there once when it is back', async () => {
    await stage.kill();
    await expect.poll(() => statusOf(ada), soon).toContain('offline');
    await say(ada, 'Did the lights go out?');
    await say(ada, 'Never mind, I can wait.');
    await expect.poll(() => ada.locator('.mine.queued').count(), soon).toBe(2);
    await stage.picture(ada, 'offline');
    await stage.serve({ FOLDER: folder });
    const all = [
      'Is the line up?',
      'Taut as a bowstring. Bring the charts over when the tide turns.',
      'Did the lights go out?',
      'Never mind, I can wait.',
    ];
    for (const page of [ada, bob]) {
      await expect.poll(() => textsOf(page), soon).toEqual(all);
    }
    await expect.poll(() => ada.locator('.mine.stored').count(), soon).toBe(3);
    expect(await ada.getByRole('alert').count()).toBe(0);
  });

  it('who comes later reads what was said', async () => {
    const cy = await stage.visit('?name=Cy');
    await expect.poll(() => textsOf(cy), soon).toHaveLength(4);
    await say(cy, 'Morning, both. The galley has coffee.');
    await expect.poll(() => textsOf(ada), soon).toHaveLength(5);
    await bob.getByPlaceholder('Say it').pressSequentially('On my');
    await ada.getByText(/^Bob typing|, Bob typing/).waitFor();
    for (const look of ['light', 'dark', 'phone']) {
      await stage.picture(ada, look);
      expect(await isTooWide(ada)).toBe(false);
    }
    await cy.context().close();
  });

  it('another room is another list', async () => {
    const dee = await stage.visit('?name=Dee&room=galley');
    await say(dee, 'Who wants coffee?');
    await dee.locator('.mine.stored').waitFor();
    expect(await textsOf(dee)).toEqual(['Who wants coffee?']);
    expect(await textsOf(ada)).toHaveLength(5);
    await dee.context().close();
  });

  it('what the server does not take stays, and says so', async () => {
    await say(bob, '   ');
    await bob.locator('.mine.failed').getByRole('button', { name: 'Send again' }).waitFor();
    expect(await textsOf(ada)).toHaveLength(5);
  });

  it('a server that has lost its log is a gap, and is told', async () => {
    await stage.kill();
    await stage.serve({ FOLDER: stage.folder() });
    await expect.poll(() => ada.getByRole('alert').textContent(), soon).toContain('(epoch)');
    await say(bob, 'A new page.');
    await expect.poll(async () => (await textsOf(ada)).at(-1), soon).toBe('A new page.');
    await stage.picture(ada, 'gap');
    await ada.getByRole('button', { name: 'I see' }).click();
    expect(await ada.getByRole('alert').count()).toBe(0);
  });

  it('no console has complained', () => {
    expect(stage.complaints).toEqual([]);
  });
});
