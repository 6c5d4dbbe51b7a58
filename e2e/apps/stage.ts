/**
 * An application of examples/ as a user starts it: built, served by its own process, and looked at in Chromium by several people.
 * In: its folder. Out: its pages, each in a browser context of its own, and what their consoles complained of. Fails: with what was printed.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../interop/chromium.ts';
import { type Program, root, startProgram } from '../program.ts';

export const soon = { timeout: 20_000 };

const looks: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light', viewport: { width: 1100, height: 760 } },
  dark: { colorScheme: 'dark', viewport: { width: 1100, height: 760 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 780 } },
};

export class Stage {
  readonly name: string;
  /** What no console may say. */
  readonly complaints: string[] = [];
  readonly #folders: string[] = [];
  #browser: Browser | undefined;
  #server: Program | undefined;
  #port = 0;

  constructor(name: string) {
    this.name = name;
    const built = spawnSync('npm', ['run', '-s', 'build'], {
      cwd: join(root, 'examples', name),
      encoding: 'utf8',
    });
    if (built.status !== 0) {
      throw new Error(`${name} was not built:\n${built.stderr}`);
    }
  }

  /** Again on the same port, when it is not the first time. */
  async serve(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const command = ['node', `examples/${this.name}/dist/server.js`];
    this.#server = startProgram(command, { ...env, PORT: String(this.#port) });
    const [, port] = await this.#server.saw(/http:\/\/localhost:(\d+)\//);
    this.#port = Number(port);
  }

  /** For programs. */
  get live(): string {
    return `ws://localhost:${this.#port}/live`;
  }

  /** As `kill -9` does it. */
  async kill(): Promise<void> {
    await this.#server?.end('SIGKILL');
  }

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), `${this.name}-`));
    this.#folders.push(folder);
    return folder;
  }

  /** Somebody opens the page, as this person and nobody else's browser knows it. */
  async visit(query = ''): Promise<Page> {
    this.#browser ??= await launchChromium();
    const context = await this.#browser.newContext(looks['light']);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (said) => {
      // Chromium says so by itself, while there is no server.
      if (['error', 'warning'].includes(said.type()) && !/ERR_CONNECTION/.test(said.text())) {
        this.complaints.push(said.text());
      }
    });
    await page.goto(`http://localhost:${this.#port}/${query}`);
    return page;
  }

  /** For people: by day, by night and on a phone; under other names by day. */
  async picture(page: Page, look: string): Promise<void> {
    const { colorScheme = 'light', viewport } = looks[look] ?? looks['light']!;
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport!);
    mkdirSync(join(root, 'artifacts'), { recursive: true });
    const path = join(root, 'artifacts', `app-${this.name}-${look}.png`);
    await page.screenshot({ path });
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.kill();
    for (const folder of this.#folders) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Wider than the window: somebody has to scroll sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
}
