/**
 * Debian's Chromium, for tests.
 */
import { type Browser, chromium } from 'playwright-core';

/** No look-ups of the browser maker's hosts: it talks to this machine only. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...quiet, ...more] });
}
