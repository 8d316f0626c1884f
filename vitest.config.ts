import { defineConfig } from 'vitest/config';

/** One kind of test: its name, where its files are, and how long one test may take. */
function project(name: string, include: string[], timeoutMs = 30_000) {
  return {
    extends: true as const,
    test: { name, include, testTimeout: timeoutMs, hookTimeout: timeoutMs },
  };
}

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    teardownTimeout: 10_000,
    reporters: ['default'],
    projects: [
      project('unit', [
        'gateway/src/**/*.test.ts',
        'bench/**/*.test.ts',
        'test/kit/**/*.test.ts',
        'test/house/**/*.test.ts',
      ]),
      project('journeys', ['test/journeys/**/*.test.ts', 'test/faults/**/*.test.ts']),
      project('package', ['test/package/**/*.test.ts'], 120_000),
    ],
  },
});
