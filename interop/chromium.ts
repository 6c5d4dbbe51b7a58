/**
 * Debian's Chromium, for tests.
 */
import { type Browser, chromium } from 'playwright-core';

/** No look-ups of the browser maker's hosts: it talks to this machine only. */
export const quietChromium: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const chromiumPath = '/usr/bin/chromium';

export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...quietChromium, ...more] });
}
