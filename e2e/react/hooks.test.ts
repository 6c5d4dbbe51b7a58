/**
 * The hooks of `tautline/react` in Chromium, by Testing Library and in StrictMode.
 */
import { build, type Plugin } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../interop/chromium.ts';
import type { scenarios } from './page.ts';

/** The client of the guide's component is one of the page's bed. */
const ownClient: Plugin = {
  name: 'own client',
  setup(building) {
    building.onResolve({ filter: /^\.\/rt\.js$/ }, () => ({ path: 'rt', namespace: 'own' }));
    building.onLoad({ filter: /^rt$/, namespace: 'own' }, () => ({
      resolveDir: process.cwd(),
      contents: `import { page } from './e2e/react/page.ts';
        export const rt = { channel: (...of) => page.rt.channel(...of) };`,
    }));
  },
};

describe('hooks in a page', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `export * from './e2e/react/page.ts';
          export { Room } from './examples/in-a-page/room.jsx';`,
        resolveDir: process.cwd(),
      },
      plugins: [ownClient],
      conditions: ['tautline-source'],
      jsx: 'automatic',
      bundle: true,
      format: 'iife',
      globalName: 'hooks',
      // Of React the build that says what is wrong.
      define: { 'process.env.NODE_ENV': '"development"' },
      write: false,
      tsconfigRaw: {},
    });
    browser = await launchChromium();
    page = await browser.newPage();
    await page.addScriptTag({ content: outputFiles[0]!.text });
  });

  afterAll(async () => {
    await browser?.close();
  });

  /** What the scenario saw. Of all that React says when it is used wrongly, it says nothing. */
  async function run<Name extends keyof typeof scenarios>(
    name: Name,
  ): Promise<Awaited<ReturnType<(typeof scenarios)[Name]>>> {
    const { saw, said } = await page.evaluate<{
      saw: Awaited<ReturnType<(typeof scenarios)[Name]>>;
      said: string[];
    }>(`hooks.run('${name}', hooks.Room)`);
    expect(said).toEqual([]);
    return saw;
  }

  it('the component of the guide does what it says', async () => {
    const { saw, said } = await page.evaluate<{ saw: unknown; said: string[] }>(
      `hooks.run('example', hooks.Room)`,
    );
    expect(said).toEqual([]);
    expect(saw).toEqual({
      seen: [
        ['pending, 0 here, 0 typing'],
        ['live, 1 here, 0 typing'],
        ['live, 1 here, 1 typing'],
        ['live, 1 here, 0 typing', 'hello'],
      ],
      rows: 'stored',
    });
  });

  it('mounted, unmounted and mounted in StrictMode, a component has one subscription and shows no flash', async () => {
    const { seen, first, html, asked } = await run('mount');
    // To follow, and to read what was there.
    expect(first).toEqual(['ada chat/1', 'ada chat/1']);
    expect(html).toBe('<ul><li>before</li></ul>');
    const distinct = seen.filter((each, at) => each !== seen[at - 1]);
    expect(distinct).toEqual([...new Set(seen)]);
    expect([distinct[0], distinct.at(-1)]).toEqual(['pending: ', 'live: before stored']);
    // It was left with the component, and is followed anew.
    expect(asked.length).toBe(4);
  });

  it('what is published is shown at once, once, and in the same row when it is in the log', async () => {
    const { seen, isSameRow, rows } = await run('optimistic');
    expect(seen).toEqual(['live: hi sent', 'live: hi stored']);
    expect([isSameRow, rows]).toEqual([true, 1]);
  });

  it('two components share what they follow, until the last is gone', async () => {
    const { first, asked, last } = await run('shared');
    expect(first).toEqual(['ada chat/1', 'ada chat/1']);
    expect(asked).toEqual(first);
    expect(last).toBe('live: hi stored');
  });

  it('another room is another list, and nothing of the former is shown in it', async () => {
    const { seen } = await run('switching');
    const at = seen.findIndex(
      (each, n) => n > 0 && each.startsWith('pending') && seen[n - 1] !== each,
    );
    expect(seen[at - 1]).toBe('live: one stored');
    expect(seen.slice(at).filter((each) => each.includes('one'))).toEqual([]);
    expect(seen.at(-1)).toBe('live: two stored');
  });

  it('who is shown is in the roster, joins once and leaves once', async () => {
    const { told, first, second } = await run('presence');
    expect(told).toEqual(['joined ada well', 'updated ada better', 'left ada better']);
    expect([first, second]).toEqual(['ada well', 'ada better']);
  });

  it('who may not be in the roster learns why', async () => {
    expect(await run('refusedPresence')).toEqual(['none', 'FORBIDDEN']);
  });

  it('signals are shown for their time', async () => {
    expect(await run('signals')).toEqual(['', 'bob 1', 'bob 1', '']);
  });

  it('a call says that it is under way and what came of it; the latest counts', async () => {
    const { answers, seen, functions, lost } = await run('calls');
    expect(answers).toEqual([9, 3]);
    expect(seen).toEqual([
      'false undefined undefined undefined',
      'true undefined undefined undefined',
      'false 9 undefined 3',
      'true undefined undefined 3',
      'false undefined FORBIDDEN 3',
      'false 10 undefined 3',
    ]);
    // StrictMode has two instances of a component that is rendered first.
    expect(functions).toBeLessThanOrEqual(2);
    expect(lost).toEqual([]);
  });

  it('statuses are those of the connection and of the channel', async () => {
    const seen = await run('statuses');
    expect(seen[0]).toBe('connecting pending');
    expect(seen).toContain('connected live');
    expect(seen).toContain('waiting pending');
    expect(seen.at(-1)).not.toBe(seen[0]);
  });

  it('nothing tears: in what is shown at once all components have the same value', async () => {
    const { values, slices, shown } = await run('tearing');
    expect(slices).toBeGreaterThan(5);
    expect(values).toEqual([1]);
    expect(shown).toEqual(['5']);
  });

  it('a page that a server rendered comes to life without a difference', async () => {
    const { html, after, errors, first, asked } = await run('hydration');
    expect([html, after]).toEqual(['<ul></ul>', '<ul><li>before</li></ul>']);
    expect([errors, first]).toEqual([[], 'pending: ']);
    expect(asked.length).toBe(2);
  });
});
