/** The time for building a lab does not count for the time limit of the test that needs it first. */
import { testWith } from '../testing.ts'

const topology = { hub: { role: 'server' }, a: { role: 'load' } } as const
const test = testWith({ topology })
const buildingMs = 3000
test.override('setup', async () => {
  await new Promise((resolve) => setTimeout(resolve, buildingMs))
  return { topology }
})

test(
  'a lab that takes longer than its test may is there when the test begins',
  { timeout: buildingMs - 500 },
  ({ lab, expect }) => {
    expect(lab.server().running()).toBe(true)
  },
)
