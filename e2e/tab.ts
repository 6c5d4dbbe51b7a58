/**
 * One browser tab on the page of the first run, and what it shows.
 */
import type { Page } from 'playwright-core';

/** What the page shows, in the order in which it shows it: messages as their text, gaps as `gap: reason`. */
export async function linesOf(page: Page): Promise<string[]> {
  const lines = page.locator(
    '[data-testid=lines] > .message:not(.outgoing) p, [data-testid=gap] code',
  );
  return await lines.allTextContents();
}

export async function write(page: Page, text: string): Promise<void> {
  await page.getByTestId('input').fill(text);
  await page.getByTestId('input').press('Enter');
}

/** Resolves when the page shows `text` as a message of the log; what is only being sent does not count. */
export async function seen(page: Page, text: string): Promise<void> {
  await page
    .locator('.message:not(.outgoing) p', { hasText: exactly(text) })
    .first()
    .waitFor();
}

export async function status(page: Page, text: string): Promise<void> {
  await page.getByTestId('status').filter({ hasText: text }).waitFor();
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
