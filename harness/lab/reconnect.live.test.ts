/** Servers that end on purpose: agents live through it, and the gap is measured. */
import { join } from 'node:path'
import { describe } from 'vitest'
import { test } from '../testing/command.ts'

const scenario = (name: string) => join(import.meta.dirname, `../../fixtures/scenarios/${name}.json`)

describe('a server that ends on purpose', () => {
  test.for(['kill-one-of-three', 'restart-nats-js'])('%s leaves numbers and a gap', async (name, { cli, expect }) => {
    const { status, stdout, stderr } = await cli.run('run', scenario(name), '--on', 'process')
    expect([0, 2], stdout + stderr).toContain(status)
    expect(stdout).toMatch(/sub \(connections\): in block 1: \d connections? came back: lost at/)
    expect(stdout).toMatch(/latency p50 +\d/)
    const [files] = await cli.runs()
    expect(await cli.leftovers(files!)).toEqual([])
  })

  test('one subscriber that is cut off leaves the numbers of the other', async ({ cli, expect }) => {
    const { status, stdout, stderr } = await cli.run('run', scenario('slow-cut'), '--on', 'process')
    expect(status, stdout + stderr).toBe(2)
    expect(stdout).toMatch(/slow-sub \(connections\): in block 1: 1 connection did not come back/)
    expect(stdout).toMatch(/ {2}sub[^]*latency p50 +\d[^]* {2}slow-sub/)
  })
})
