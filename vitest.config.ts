import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // Pure code: no servers. Files share a worker's modules, which are most of what a file costs.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/{integration,e2e}/**/*.test.ts'],
          globalSetup: 'test/servers.ts',
          // A test waits for a fact; these limits only end one that would wait for ever, on the slowest machine.
          testTimeout: 180_000,
          hookTimeout: 120_000,
          // The end-to-end tests start processes of their own: one file at a time on two cores.
          fileParallelism: false,
        },
      },
    ],
  },
});
