import { configDefaults, defineConfig } from 'vitest/config';

/** What measures memory and waiting: beside another test it would measure that, too. */
const measured = 'e2e/hostile/**/*.test.ts';
/** Real peers, real processes, real browsers: `npm run verify` installs what they need. */
const real = { pool: 'forks', testTimeout: 120_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  ssr: { resolve: { conditions: ['tautline-source', 'module', 'node'] } },
  test: {
    // Most of what tests do is wait: the runner's own share of the processors would leave one idle.
    maxWorkers: '100%',
    // A second, which is the default, passes on a busy machine while nothing is wrong. What is waited for is there at once elsewhere.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.ts'], pool: 'threads' },
      },
      {
        extends: true,
        test: {
          name: 'full',
          include: ['compliance/**/*.test.ts', 'interop/**/*.test.ts', 'e2e/**/*.test.ts'],
          exclude: [...configDefaults.exclude, measured],
          ...real,
        },
      },
      {
        extends: true,
        test: { name: 'measured', include: [measured], fileParallelism: false, ...real },
      },
    ],
  },
});
