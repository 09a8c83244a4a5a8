import { defineConfig } from 'vitest/config'

/** Each step ends by itself: deadlines only end what hangs, and a busy machine takes its time. */
const common = { include: [] as string[], testTimeout: 120_000, expect: { poll: { timeout: 100_000 } } }

/** Tests that put something in the place of a module, which the others would meet. */
const alone = ['harness/metric.test.ts', 'harness/host/patience.test.ts', 'harness/commands/progress.test.ts']

/**
 * `unit` and `alone` run in seconds and touch nothing; `live` uses real servers and containers; `jails` needs Bastille. The files
 * of `unit` share their modules, which halves what they take.
 */
export default defineConfig({
  test: {
    // Live tests wait more than they compute: two at once also where there are two cores.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['harness/**/*.test.ts'],
          exclude: ['**/*.live.test.ts', '**/*.jails.test.ts', ...alone],
          isolate: false,
        },
      },
      { test: { ...common, name: 'alone', include: alone } },
      {
        test: {
          ...common,
          name: 'live',
          globalSetup: ['harness/testing/server-first.ts'],
          include: ['{harness,scenarios,fixtures/examples}/**/*.live.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          ...common,
          name: 'jails',
          include: ['harness/**/*.jails.test.ts'],
          globalSetup: ['harness/testing/jails-after.ts'],
          env: { BENCH_JAIL_PREFIX: '/usr/local/natsbench-tests' },
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
