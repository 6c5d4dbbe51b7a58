import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readKept, withTables, writePages } from '../../bench/write.ts';
import { rowOf } from './runs.ts';

const series = { node: '20.19.0', rows: [rowOf('echo-20-1', { tautline: [8], ws: [10] })] };
const page = 'Before.\n\n<!-- bench: begin -->\nold\n<!-- bench: end -->\n\nAfter.\n';

describe('the page', () => {
  it('has its tables put anew between the marks, and all else left alone', () => {
    const made = withTables(page, [series], 'On a machine.');
    expect(made).toMatch(/^Before\.\n\n<!-- bench: begin -->\n\n### Node 20\.19\.0\n/);
    expect(made).toMatch(/\n\nOn a machine\.\n\n<!-- bench: end -->\n\nAfter\.\n$/);
    expect(made).not.toContain('old');
    expect(withTables(made, [series], 'On a machine.')).toBe(made);
  });

  it('without its marks is not touched', () => {
    expect(() => withTables('no marks', [series], '')).toThrow('the page needs');
  });

  it('is written together with the figures and a picture for each Node', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'performance.md'), page);
    const newer = { ...series, node: '26.1.0' };
    await writePages([series, newer], 'On a machine.', pathToFileURL(`${folder}/`));
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
    expect(await read('performance.md')).toContain('](performance-node-26.svg)');
    expect(JSON.parse(await read('performance.json'))).toMatchObject({
      conditions: 'On a machine.',
      series: [{ node: '20.19.0' }, { node: '26.1.0' }],
    });
    const kept = await readKept(pathToFileURL(`${folder}/`));
    expect(kept.series[1]!.rows[0]!.figures).toMatchObject({ ws: [{ value: 10 }] });
    for (const major of [20, 26]) {
      expect(await read(`performance-node-${major}.svg`)).toMatch(/^<svg /);
    }
  });
});
