import { defineConfig } from 'vitest/config';

/**
 * `vitest run` runs everything but test/hard; `vitest run --mode hard` runs only that: long fault, fuzz and memory tests.
 * Each file gets a process of its own (`forks`), so that a crash in native code ends one file and is reported.
 * The environment is left as it is: what OpenBLAS picks here is what users get.
 */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'hard' ? ['test/hard/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: mode === 'hard' ? [] : ['test/hard/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: mode === 'hard' ? 15 * 60_000 : 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    reporters: process.env.CI === undefined ? ['default'] : ['default', 'json'],
    outputFile: { json: 'build/vitest.json' },
  },
}));
