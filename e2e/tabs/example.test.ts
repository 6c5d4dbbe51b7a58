/**
 * The pages of docs/2-guides/tabs.md, in a real browser, as a bundler makes them of the built package.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import { createClient } from '../../src/client/node/index.ts';
import { type Gate, openGate } from '../gate.ts';
import { type Program, root, startProgram } from '../program.ts';

describe('examples/chat/keep.js', () => {
  let browser: Browser;
  let program: Program;
  let gate: Gate;
  let pages: Server;
  beforeAll(async () => {
    program = startProgram([process.execPath, 'e2e/tabs/server.mjs']);
    const [, port] = await program.saw(/port (\d+)\n/);
    gate = await openGate(Number(port));
    const { outputFiles } = await build({
      entryPoints: [`${root}examples/chat/keep.js`],
      bundle: true,
      format: 'esm',
      write: false,
    });
    const script = outputFiles[0]!.text;
    const body = `<body data-server="ws://127.0.0.1:${gate.port}/" data-user="ada">`;
    const form = '<form><input name="text"><button>Send</button></form>';
    pages = createServer((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(`<!doctype html>${body}${form}<script type="module">${script}</script>`);
    });
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await gate?.close();
    pages?.close();
    await program?.end('SIGKILL');
  });

  it('keeps what is written without a network over a reload, and sends it', async () => {
    const page = await browser.newPage();
    const said: string[] = [];
    page.on('console', (message) => {
      // What the browser itself says of connections is none of ours.
      if (message.type() === 'log') {
        said.push(message.text());
      }
    });
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    const write = async (text: string): Promise<void> => {
      await page.locator('input').fill(text);
      await page.locator('button').click();
    };
    await write('one');
    await expect.poll(() => said).toEqual(['one: queued', 'one: sent', 'one: stored']);
    gate.cut();
    await write('two');
    await expect.poll(() => said.at(-1)).toBe('two: queued');
    await page.reload();
    await expect.poll(() => said.slice(4)).toEqual(['two: queued']);
    gate.heal();
    await expect
      .poll(() => said.slice(4), { timeout: 20_000 })
      .toEqual(['two: queued', 'two: sent', 'two: stored']);
  });
});

describe('examples/chat/share.js', () => {
  let browser: Browser;
  let program: Program;
  let pages: Server;
  let port: string;
  beforeAll(async () => {
    program = startProgram([process.execPath, 'e2e/tabs/server.mjs']);
    port = (await program.saw(/port (\d+)\n/))[1]!;
    const { outputFiles } = await build({
      entryPoints: ['share', 'share-worker'].map((name) => `${root}examples/chat/${name}.js`),
      bundle: true,
      format: 'esm',
      outdir: '/',
      write: false,
    });
    const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));
    const body = `<body data-server="ws://127.0.0.1:${port}/" data-user="ada">`;
    pages = createServer(({ url = '/' }, response) => {
      const script = scripts.get(url);
      response.writeHead(200, { 'Content-Type': script ? 'text/javascript' : 'text/html' });
      response.end(
        script ?? `<!doctype html>${body}<script type="module" src="/share.js"></script>`,
      );
    });
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    pages?.close();
    await program?.end('SIGKILL');
  });

  it('shows in both tabs what is said, and neither has a connection of its own', async () => {
    const context = await browser.newContext();
    const tabs = [await context.newPage(), await context.newPage()];
    let connections = 0;
    for (const tab of tabs) {
      tab.on('websocket', () => {
        connections += 1;
      });
      await tab.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    }
    const bob = createClient(`ws://127.0.0.1:${port}/`, { token: 'bob' });
    for (const tab of tabs) {
      const shown = async (): Promise<string> => {
        await bob.publish('chat/lobby', 'hello');
        return tab.innerText('body');
      };
      await expect.poll(shown, { timeout: 20_000 }).toContain('bob: hello');
    }
    bob.close();
    // That of the worker is none of a page.
    expect(connections).toBe(0);
    await context.close();
  });
});
