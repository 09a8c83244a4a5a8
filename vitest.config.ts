import { defineConfig } from 'vitest/config'

const common = { include: [] as string[], testTimeout: 120_000 }

/** Three projects: `unit` runs in seconds and touches nothing; `live` uses real servers and containers; `jails` needs Bastille. */
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
          exclude: ['**/*.live.test.ts', '**/*.jails.test.ts'],
        },
      },
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
          // Each step ends by itself: these only end what hangs, and a busy machine takes its time.
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
