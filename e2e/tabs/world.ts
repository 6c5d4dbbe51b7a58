/**
 * Tabs of a real browser, on a page that outlives the server's network.
 * In: a browser. Out: a server in its own process, a gate before it, and pages. Fails: with what the pages could not do.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type Gate, openGate } from '../gate.ts';
import { type Program, startProgram } from '../program.ts';
import type { Tab } from './page.ts';

declare const tab: Tab;

const source = fileURLToPath(new URL('page.ts', import.meta.url));

export interface Tabs {
  readonly origin: string;
  readonly context: BrowserContext;
  readonly gate: Gate;
  /** Who is at the page, and what its publications are called; by way of another gate, if one is given. */
  address(user: string, title: string, by?: Gate): string;
  open(user: string, title: string, by?: Gate): Promise<Page>;
  anotherGate(): Promise<Gate>;
  /** What is in the log. */
  log(): Promise<unknown[]>;
  close(): Promise<void>;
}

export async function startTabs(browser: Browser): Promise<Tabs> {
  const program = startProgram([process.execPath, 'e2e/tabs/server.mjs']);
  const [, port] = await program.saw(/port (\d+)\n/);
  const pages = await servePages();
  const tabs = new RealTabs(program, pages, browser, await browser.newContext(), Number(port));
  tabs.gate = await tabs.anotherGate();
  return tabs;
}

class RealTabs implements Tabs {
  readonly origin: string;
  readonly context: BrowserContext;
  gate!: Gate;
  private readonly program: Program;
  private readonly pages: Server;
  private readonly browser: Browser;
  private readonly port: number;
  private readonly gates: Gate[] = [];
  private readers = 0;

  constructor(
    program: Program,
    pages: Server,
    browser: Browser,
    context: BrowserContext,
    port: number,
  ) {
    this.program = program;
    this.pages = pages;
    this.browser = browser;
    this.context = context;
    this.port = port;
    this.origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  }

  address(user: string, title: string, by: Gate = this.gate): string {
    const server = `ws://127.0.0.1:${by.port}/`;
    return `${this.origin}/?${String(new URLSearchParams({ user, title, server }))}`;
  }

  async open(user: string, title: string, by?: Gate): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.address(user, title, by));
    return page;
  }

  async anotherGate(): Promise<Gate> {
    const gate = await openGate(this.port);
    this.gates.push(gate);
    return gate;
  }

  async log(): Promise<unknown[]> {
    // A browser of its own, as it were: it shares no storage with the others.
    const context = await this.browser.newContext();
    const page = await context.newPage();
    this.readers += 1;
    await page.goto(this.address(`reader ${this.readers}`, 'reader', await this.anotherGate()));
    const read = await page.evaluate(async () => {
      const { publications } = await tab.client.history('room', { limit: 1_000 });
      return publications.map(({ data }) => data);
    });
    await context.close();
    return read;
  }

  async close(): Promise<void> {
    await this.context.close();
    await Promise.all(this.gates.map((gate) => gate.close()));
    this.pages.closeAllConnections();
    this.pages.close();
    await this.program.end('SIGKILL');
  }
}

/** The page, and nothing else. Its title is in its address. */
async function servePages(): Promise<Server> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    tsconfigRaw: {},
  });
  const script = outputFiles[0]!.text;
  const server = createServer(({ url = '/' }, response) => {
    const title = new URL(url, 'http://page.test/').searchParams.get('title') ?? '';
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><title>${title}</title><script type="module">${script}</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
