import { describe, expect, it } from 'vitest';
import { mirroredTests } from '../../../tools/tidy/mirrored-tests.ts';
import { makeTree } from '../../../tools/tidy/tree.ts';

const findings = (texts: Record<string, string>): string[] =>
  mirroredTests(makeTree(texts)).map(({ file, todo }) => `${file} ${todo}`);

describe('a test beside every file', () => {
  it('src/a/b.ts has test/a/b.test.ts, tools/a/b.ts has test/tools/a/b.test.ts', () => {
    expect(
      findings({
        'src/hub/session/a.ts': 'run();',
        'test/hub/session/a.test.ts': '',
        'tools/tidy/b.ts': 'run();',
        'test/tools/tidy/b.test.ts': '',
      }),
    ).toEqual([]);
  });

  it('a file without one is named, with the path to write', () => {
    expect(
      findings({
        'src/hub/session/a.ts': 'run();',
        'test/hub/a.test.ts': '',
        'tools/b.ts': 'run();',
        'src/client/react/c.tsx': 'run();',
      }),
    ).toEqual([
      'src/hub/session/a.ts Write test/hub/session/a.test.ts.',
      'tools/b.ts Write test/tools/b.test.ts.',
      'src/client/react/c.tsx Write test/client/react/c.test.tsx.',
    ]);
  });

  it('doors and types are exempt, a door with code of its own is not', () => {
    expect(
      findings({
        'src/hub/index.ts': "export { a } from './a.ts';",
        'src/ports/pipe.ts': 'export interface Pipe { readonly name: string }',
        'src/web.d.ts': 'declare const a: number;',
      }),
    ).toEqual([]);
    expect(findings({ 'src/hub/index.ts': 'export const a = 1;' })).toEqual([
      'src/hub/index.ts Write test/hub/index.test.ts.',
    ]);
  });

  it('what is neither src nor tools needs none', () => {
    expect(findings({ 'examples/chat/server.js': 'run();', 'bench/main.ts': 'run();' })).toEqual(
      [],
    );
  });
});
