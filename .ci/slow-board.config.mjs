/** @type {import('vitest/config').ViteUserConfig} */
export default {
  test: {
    name: 'slow-board',
    include: ['fixtures/slow-board/suite.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
  },
}
