/**
 * docs/1-learn/applications.md: what it promises of the applications, of which e2e/apps shows that they work.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { readPage } from './pages.ts';

const folders = ['cursors', 'react-chat', 'rpc', 'ticker'];

describe.each(folders)('examples/%s', (name) => {
  const folder = `examples/${name}`;
  const sources = readdirSync(folder).filter((file) => /\.tsx?$/.test(file));

  it('has less than 150 lines of TypeScript', () => {
    const lines = sources.map(
      (file) => readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n').length,
    );
    expect(lines.reduce((sum, each) => sum + each, 0)).toBeLessThan(150);
  });

  it('stands on the page with its contract, its server, its page, and how to start it', () => {
    const { text } = readPage('docs/1-learn/applications.md');
    for (const file of sources.filter((each) => /^(app|server|page)\./.test(each))) {
      expect(text).toContain(`../../${folder}/${file}`);
    }
    expect(text).toContain(`@tautline/example-${name}`);
  });

  it('has no schemas in its page, and nothing that only a server needs', async () => {
    const entry = [`${folder}/page.ts`, `${folder}/page.tsx`].find((file) => existsSync(file))!;
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      conditions: ['tautline-source'],
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).toContain('src/client/app/with-contract.ts');
    const foreign = inputs.filter((input) => /zod|src\/(hub|server|endpoint)|app\.ts$/.test(input));
    expect(foreign).toEqual([]);
  });
});

it('there is no other application', () => {
  const found = readdirSync('examples').filter((name) => existsSync(`examples/${name}/app.ts`));
  expect(found).toEqual(folders);
});
