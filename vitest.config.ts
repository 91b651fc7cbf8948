import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/servers.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The end-to-end tests start processes of their own: one file at a time on two cores.
    fileParallelism: false,
  },
});
