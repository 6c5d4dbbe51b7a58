/**
 * Debian's browsers, as tests see them: a page that runs code.
 */
import puppeteer from 'puppeteer-core';
import { launchChromium } from './chromium.ts';

export interface Page {
  goto(url: string): Promise<unknown>;
  evaluate(code: string): Promise<unknown>;
}

export interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Launching {
  /** Takes certificates that nobody vouches for. */
  readonly trustsAll?: boolean;
}

export interface BrowserKind {
  readonly name: string;
  readonly launch: (options?: Launching) => Promise<Browser>;
}

export const browsers: readonly BrowserKind[] = [
  {
    name: 'Chromium',
    launch: ({ trustsAll = false } = {}) =>
      launchChromium(trustsAll ? ['--ignore-certificate-errors'] : []),
  },
  {
    name: 'Firefox',
    launch: ({ trustsAll = false } = {}) =>
      puppeteer.launch({
        browser: 'firefox',
        executablePath: '/usr/bin/firefox-esr',
        acceptInsecureCerts: trustsAll,
      }),
  },
];
