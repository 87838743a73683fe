import { defineConfig } from 'vitest/config';

/** Unit tests sit beside the sources; closed loops, golden data and the command line live in `test/`. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'viewer/src/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
