import { describe, expect, it } from 'vitest';
import { makeTree } from '../../tools/tidy/tree.ts';
import { report, tidy } from '../../tools/tidy.ts';

const manifest = JSON.stringify({
  name: 'house',
  exports: { './hub': { 'tautline-source': './src/hub/index.ts' } },
});
const good: Record<string, string> = {
  'package.json': manifest,
  'src/hub/index.ts': "export { hub, type Why } from './hub.ts';\n",
  'src/hub/hub.ts':
    "/** A hub. */\nexport const hub = 1;\n/** @codes */\nexport type Why = 'HUB_GONE';\n",
  'test/hub/hub.test.ts': '',
  'test/doors.test.ts': "const doors = { 'house/hub': { values: ['hub'], types: ['Why'] } };\n",
  'docs/3-reference/errors.md':
    '## Hub\n\nNumbers 1100 to 1199.\n\n### `HUB_GONE`\n\nNumber 1100, retryable: no.\n\nTo do: wait.\n',
};
const run = (texts: Record<string, string>): [number, string[]] => {
  const lines: string[] = [];
  const code = report(makeTree(texts), (line) => lines.push(line));
  return [code, lines];
};

describe('tidy', () => {
  it('a tidy house gives 0, and says what was looked at', () => {
    expect(run(good)).toEqual([0, ['tidy: 0 found in 4 files by 12 checks']]);
  });

  it('anything found gives 1, and one line each', () => {
    const [code, lines] = run({
      ...good,
      'src/hub/hub.ts': `${good['src/hub/hub.ts']}Date.now();\n`,
    });
    expect(code).toBe(1);
    expect(lines).toEqual([
      'world  src/hub/hub.ts:5  Date.now in hub  Take a clock, random numbers or the world as an argument.',
      'tidy: 1 found in 4 files by 12 checks',
    ]);
  });

  it('every check is on the list', () => {
    const bad = makeTree({
      ...good,
      'src/hub/index.ts': "export { hub } from './hub.ts';\n",
      'src/hub/hub.ts': [
        "import '../server/index.ts';",
        "import '../wire/json.ts';",
        "import './hub.ts';",
        "import 'ws';",
        'export const hub = Date.now();',
      ].join('\n'),
      'docs/3-reference/errors.md': '## Hub\n\n### `HUB_GONE`\n\nIt is gone.\n',
      'src/hub/dead.ts': 'export const dead = 1;\n',
      'src/hub/broken.ts': 'const = ;\n',
    });
    expect([...new Set(tidy(bad).map(({ check }) => check))]).toEqual([
      'codes',
      'cycles',
      'dead-files',
      'docstrings',
      'door-names',
      'mirrored-tests',
      'numbers',
      'outside',
      'past-doors',
      'syntax',
      'upward',
      'world',
    ]);
  });

  it('a long file is reported and not refused', () => {
    const long = (lines: number): Record<string, string> => ({
      ...good,
      'test/hub/hub.test.ts': '\n'.repeat(lines),
    });
    expect(run(long(300))[1]).toHaveLength(1);
    expect(run(long(301))).toEqual([
      0,
      ['note: test/hub/hub.test.ts has 301 lines', 'tidy: 0 found in 4 files by 12 checks'],
    ]);
  });
});
