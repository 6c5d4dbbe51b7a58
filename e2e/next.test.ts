/**
 * examples/next: pages of Next.js and sessions of ours on one port. Its packages are its own, and `tools/prepare.ts` installs them;
 * afterwards it needs no network.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from '../src/browser-shape/index.ts';
import { createClient } from '../src/client/node/index.ts';
import { type Program, root, startProgram } from './program.ts';

const withinMs = 120_000;

describe('examples/next', () => {
  let server: Program;
  let host = '';

  beforeAll(async () => {
    const isThere = existsSync(join(root, 'examples/next/node_modules/next'));
    expect(isThere, 'npx tsx tools/prepare.ts installs it').toBe(true);
    // Where it is built is below its own folder, wherever it was started from.
    server = startProgram(['npm', 'start', '--prefix', 'examples/next'], {
      PORT: '0',
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_ENV: 'development',
    });
    [, host = ''] = await server.saw(/http:\/\/(localhost:\d+)\//);
  }, withinMs);
  afterAll(() => server.end('SIGKILL'));

  it('a page is Next.js’s', async () => {
    const page = await fetch(`http://${host}/`);
    expect(await page.text()).toContain('<h1>News</h1>');
    expect((await fetch(`http://${host}/nowhere`)).status).toBe(404);
  });

  it('websockets of its path are ours: what one client publishes the other is told', async () => {
    const [ada, bob] = ['Ada', 'Bob'].map((token) =>
      createClient(`ws://${host}/realtime`, { token }),
    );
    try {
      const news = ada!.subscribe('news');
      await new Promise<void>((resolve) => {
        news.on('status', ({ status }) => status === 'live' && resolve());
      });
      const told = new Promise((resolve) => news.on('publication', resolve));
      await bob!.publish('news', 'The line is up.');
      expect(await told).toMatchObject({ data: 'The line is up.' });
      await expect(bob!.publish('other', 'mine')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    } finally {
      ada!.close();
      bob!.close();
    }
  });

  it('those of Next.js stay its own', async () => {
    const websocket = new WebSocket(`ws://${host}/_next/hmr?id=test`);
    const first = await new Promise<{ data: unknown }>((resolve, reject) => {
      websocket.addEventListener('message', resolve as never, { once: true });
      websocket.addEventListener('error', () => reject(new Error('refused')), { once: true });
    });
    websocket.close();
    expect(first.data).toBeDefined();
  });
});
