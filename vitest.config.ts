import { defineConfig } from 'vitest/config';

/** How long `expect.poll` waits: a busy machine is no failure, and a met condition ends it at once. */
const POLL_MS = 20_000;

/**
 * Where a machine is shared, what other programs do can fail a test of many processes: there it may
 * try once more, and `.ci/run` names each that did.
 */
const RETRIES = process.env['CI'] === 'true' ? 1 : 0;

/** One kind of test: its name, where its files are, and how long one test may take. */
function project(name: string, include: string[], timeoutMs = 30_000) {
  return {
    extends: true as const,
    test: {
      name,
      include,
      testTimeout: timeoutMs,
      hookTimeout: timeoutMs,
      retry: name === 'unit' ? 0 : RETRIES,
      expect: { poll: { timeout: POLL_MS, interval: 20 } },
    },
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
        '!gateway/src/upstreams/sql/mysql.test.ts',
        'bench/**/*.test.ts',
        'test/kit/**/*.test.ts',
        'test/house/**/*.test.ts',
      ]),
      project('journeys', [
        'test/journeys/**/*.test.ts',
        'test/faults/**/*.test.ts',
        '!test/faults/sql-hostile-mysql.test.ts',
      ]),
      project('matrix', ['test/matrix/**/*.test.ts', 'test/isolation/**/*.test.ts'], 120_000),
      project('package', ['test/package/**/*.test.ts'], 120_000),
      // Needs mariadbd or mysqld: TEST_MYSQL=1 npx vitest run --project mysql
      ...(process.env['TEST_MYSQL'] === undefined
        ? []
        : [
            project('mysql', [
              'gateway/src/upstreams/sql/mysql.test.ts',
              'test/faults/sql-hostile-mysql.test.ts',
            ]),
          ]),
    ],
  },
});
