// Vitest itself stays native; its workers, and what they start as Node.js, are the emulated one.
import process from 'node:process'

const node = process.env.BENCH_ARM64_NODE
if (node === undefined) throw new Error('run .ci/arm64, which sets BENCH_ARM64_NODE')
// Workers are forked with this program.
process.execPath = node

/** @type {import('vitest/config').ViteUserConfig} */
export default {
  test: {
    name: 'arm64',
    pool: 'forks',
    include: ['harness/agent/*.test.ts', 'harness/stats/*.test.ts'],
    setupFiles: ['.ci/arm64.setup.mjs'],
    // Titles that are left out: they hold only at a processor's own speed, so many answers within a window, a deadline of
    // the server, a backlog that a real machine cannot clear before the end.
    testNamePattern:
      /^(?!.*(under a second|cut off as stale|requests on .* are answered|cannot be sent by the end|too slow for the server))/,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
}
