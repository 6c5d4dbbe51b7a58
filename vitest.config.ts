import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['tautline-source', 'module', 'node'] } },
  test: {
    // A second, which is the default, passes on a busy machine while nothing is wrong. What is waited for is there at once elsewhere.
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'quick', include: ['test/**/*.test.ts'], pool: 'threads' },
      },
      {
        // Real peers, real processes, real browsers: `npm run verify` installs what they need.
        extends: true,
        test: {
          name: 'full',
          include: ['compliance/**/*.test.ts', 'interop/**/*.test.ts', 'e2e/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
