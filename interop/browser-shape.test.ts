/**
 * The same script in Chromium's page and on our classes in Node, against the same server: what it sees must be the same.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketError, WebSocketStream } from '../src/browser-shape/index.ts';
import type { Browser } from './browsers.ts';
import { launchChromium } from './chromium.ts';
import { type ShapeServer, startShapeServer } from './shape-server.ts';

interface Script {
  readonly names: readonly string[];
  readonly observe: (world: object) => Promise<Readonly<Record<string, unknown>>>;
}

const folder = new URL('./peers/shape/', import.meta.url);
const { names, observe } = (await import(new URL('observe.mjs', folder).href)) as Script;

/** Where Chromium does otherwise than what we follow: what it gives, and what we give. */
const differences: Readonly<Record<string, { readonly theirs: unknown; readonly ours: unknown }>> =
  {
    // RFC 6455 §7.2.1: a client whose connection is lost "MUST Fail the WebSocket Connection", and the standard tells that with error.
    'events: the connection is lost': {
      theirs: [
        ['open', 'Event', 1, ''],
        ['close', 'CloseEvent', 3, 1006, '', false],
      ],
      ours: [
        ['open', 'Event', 1, ''],
        ['error', 'Event', 3],
        ['close', 'CloseEvent', 3, 1006, '', false],
      ],
    },
    // The standard: "If reason is non-empty but code is null, then set code to 1000".
    'close: with undefined and a reason': {
      theirs: [
        ['open', 'Event', 1, ''],
        ['throws', 'DOMException', 'InvalidAccessError'],
        1,
        ['close', 'CloseEvent', 3, 1005, '', true],
      ],
      ours: [
        ['open', 'Event', 1, ''],
        ['gives', 'undefined'],
        2,
        ['close', 'CloseEvent', 3, 1000, 'why', true],
      ],
    },
    // As streams of bytes have it everywhere else.
    'stream: a chunk of bytes': { theirs: '[object ArrayBuffer]', ours: '[object Uint8Array]' },
  };

describe('what a page sees', () => {
  let server: ShapeServer;
  let browser: Browser;
  let theirs: Readonly<Record<string, unknown>>;
  let ours: Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    server = await startShapeServer(folder);
    const { base, raw } = server;
    browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(server.page);
    theirs = (await page.evaluate(`
      import('/shape/observe.mjs').then(({ observe }) =>
        observe({ WebSocket, WebSocketStream, WebSocketError, base: '${base}', raw: '${raw}' }))
    `)) as Readonly<Record<string, unknown>>;
    ours = await observe({ WebSocket, WebSocketStream, WebSocketError, base, raw });
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it.each(names.filter((name) => !(name in differences)))('%s', (name) => {
    expect(theirs).toHaveProperty([name]);
    expect(String(theirs[name])).not.toMatch(/^(failed|nothing)/);
    expect(ours[name]).toEqual(theirs[name]);
  });

  it.each(Object.keys(differences))('%s: known to be different', (name) => {
    expect({ theirs: theirs[name], ours: ours[name] }).toEqual(differences[name]);
  });
});
