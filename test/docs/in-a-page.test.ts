/**
 * The bindings of docs/2-guides/frameworks-in-the-page.md, each with the library that it is for, on a channel of a hub in this process.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Observable } from '../../src/client/app/index.ts';
import { startBed } from '../client/app/world.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'in-a-page-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The program as a page's bundler takes it, run here. */
async function opened<Names>(name: string, contents: string): Promise<Names> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['tautline-source'],
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
    tsconfigRaw: {},
  });
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, outputFiles[0]!.text);
  return (await import(pathToFileURL(file).href)) as Names;
}

/** Prices of one symbol: one is there before anybody looks. */
async function prices() {
  const { bed, asked, rt } = await startBed();
  const writer = rt('bob').channel('price/:symbol', { symbol: 'X' });
  const set = async (bid: number): Promise<void> => {
    void writer.set('bid', bid);
    await bed.advance(100);
  };
  await set(1);
  const ada = rt('ada').channel('price/:symbol', { symbol: 'X' });
  // Somebody follows it: what is there is there at once for the next.
  ada.on('state', () => undefined);
  await bed.advance(100);
  asked.length = 0;
  return { bed, set, state: ada.state };
}

type State = ReadonlyMap<string, number>;

it.each(['vue', 'svelte', 'solid'])('the binding for %s is ten lines at the most', (name) => {
  const lines = readFileSync(`examples/in-a-page/${name}.js`, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(10);
});

describe('Vue', () => {
  it('has it as a ref, until its scope ends', async () => {
    interface Vue {
      effectScope(): { run(body: () => void): void; stop(): void };
      watch(of: unknown, run: (value: State) => void, options: { flush: 'sync' }): void;
      useObservable(of: Observable<State>): { readonly value: State };
    }
    const vue = await opened<Vue>(
      'vue',
      `export * from './examples/in-a-page/vue.js'; export { effectScope, watch } from 'vue';`,
    );
    const { bed, set, state } = await prices();
    const scope = vue.effectScope();
    const seen: unknown[] = [];
    let now: { readonly value: State } | undefined;
    scope.run(() => {
      now = vue.useObservable(state);
      vue.watch(now, (value) => seen.push(value.get('bid')), { flush: 'sync' });
    });
    expect(now?.value.get('bid')).toBe(1);
    await set(2);
    scope.stop();
    await set(3);
    expect([seen, now?.value.get('bid')]).toEqual([[2], 2]);
    expect(state.get()).toBe(state.initial);
    bed.close();
  });
});

describe('Svelte', () => {
  it('has it as a store, as long as that has subscribers', async () => {
    interface Svelte {
      readonly toStore: (of: Observable<State>) => {
        subscribe(run: (value: State) => void): () => void;
      };
    }
    const { toStore } = await opened<Svelte>(
      'svelte',
      `export * from './examples/in-a-page/svelte.js';`,
    );
    const { bed, set, state } = await prices();
    const seen: unknown[] = [];
    const end = toStore(state).subscribe((value) => seen.push(value.get('bid')));
    await set(2);
    end();
    await set(3);
    expect(seen).toEqual([1, 2]);
    expect(state.get()).toBe(state.initial);
    bed.close();
  });
});

describe('Solid', () => {
  it('has it as a signal, until its root is disposed of', async () => {
    interface Solid {
      createRoot(body: (dispose: () => void) => void): void;
      createRenderEffect(run: () => void): void;
      fromObservable(of: Observable<State>): () => State;
    }
    const solid = await opened<Solid>(
      'solid',
      `export * from './examples/in-a-page/solid.js';
       export { createRenderEffect, createRoot } from 'solid-js';`,
    );
    const { bed, set, state } = await prices();
    const seen: unknown[] = [];
    let end = (): void => undefined;
    solid.createRoot((dispose) => {
      end = dispose;
      const now = solid.fromObservable(state);
      solid.createRenderEffect(() => seen.push(now().get('bid')));
    });
    await set(2);
    end();
    await set(3);
    expect(seen).toEqual([1, 2]);
    expect(state.get()).toBe(state.initial);
    bed.close();
  });
});

describe('React', () => {
  it('is rendered on a server without a connection', async () => {
    interface Page {
      readonly html: () => string;
    }
    const { html } = await opened<Page>(
      'react',
      `import { createElement } from 'react';
       import { renderToString } from 'react-dom/server';
       import { Room } from './examples/in-a-page/room.jsx';
       export const html = () => renderToString(createElement(Room, { id: '1' }));`,
    );
    const made: string[] = [];
    const { WebSocket } = globalThis;
    globalThis.WebSocket = class {
      constructor(url: string) {
        made.push(url);
      }
    } as unknown as typeof WebSocket;
    const shown = html().replaceAll('<!-- -->', '');
    globalThis.WebSocket = WebSocket;
    expect(shown).toContain('<h1>pending, 0 here, 0 typing</h1>');
    expect(made).toEqual([]);
  });
});
