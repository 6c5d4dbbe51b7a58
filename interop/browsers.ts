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

export interface BrowserKind {
  readonly name: string;
  readonly launch: () => Promise<Browser>;
}

export const browsers: readonly BrowserKind[] = [
  {
    name: 'Chromium',
    launch: launchChromium,
  },
  {
    name: 'Firefox',
    launch: () => puppeteer.launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr' }),
  },
];
