import { expect, test } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { CpuTime } from '../model/facts.ts'
import type { Line } from '../model/recording.ts'
import { bottleneck } from './bottleneck.ts'
import { summarise } from './summarise.ts'

const seconds = 5

/** In each block the machine is read at both ends of the window; `used(block)`: seconds of CPU between them. */
async function report(used: (block: number) => { busy: number; idle: number; stolen?: number }, loadAverage = 0) {
  const lines = [...recording({ blocks: 3, seconds })].flatMap((line): Line[] => {
    if (line.t === 'facts') return [{ ...line, facts: { ...line.facts, host: { ...line.facts.host, loadAverage } } }]
    if (line.t !== 'blockEnd') return [line]
    const { busy, idle, stolen } = used(line.block)
    const cpu = (of: number): CpuTime => ({
      busyMicros: of * busy * 1e6,
      idleMicros: of * idle * 1e6,
      ...(stolen === undefined ? {} : { stolenMicros: of * stolen * 1e6 }),
    })
    const reading = (at: number, of: number): Line => {
      return { t: 'frame', block: line.block, from: 'lab', frame: { t: 'machine', at, cpu: cpu(of) } }
    }
    return [reading(1e9, 0), reading(1e9 + seconds * 1e9, 1), line]
  })
  const { health, nodes } = await summarise(lines)
  return {
    found: health.find(({ rule }) => rule === 'busy-host'),
    ours: nodes.reduce((s, n) => s + (n.cpuShare ?? 0), 0),
  }
}

/** What the nodes of the synthetic recording use. */
const { ours } = await report(() => ({ busy: 10, idle: 0 }))
const busyWith = (others: number) => (ours + others) * seconds

test('others that use much and leave nothing make the numbers unsure', async () => {
  const { found } = await report(() => ({ busy: busyWith(1), idle: (1.9 - ours - 1) * seconds }))
  expect(found).toMatchObject({ about: 'host', outcome: 'unknown' })
  expect(found?.because).toMatch(
    /^programs outside the nodes used 53 % of its CPU time, .* \(3 of 3 blocks; this is block 1\): nodes waited for them/,
  )
})

test('so does a hypervisor that takes it away', async () => {
  const { found } = await report(() => ({ busy: busyWith(0), idle: 0.1, stolen: 3 }))
  expect(found?.outcome).toBe('unknown')
  expect(found?.because).toMatch(/used 0\.0 % of its CPU time, its hypervisor took \d\d % for other guests, /)
  expect(found?.because).toMatch(/; run it on a machine of its own, or give this guest CPUs that no other one uses$/)
})

test('where something is left idle, or in few blocks only, it is a remark', async () => {
  const idle = await report(() => ({ busy: busyWith(1), idle: 5 }))
  expect(idle.found?.outcome).toBe('pass')
  expect(idle.found?.because).toContain('may have lengthened some waits')
  const once = await report((block) => ({ busy: busyWith(block === 1 ? 1 : 0), idle: block === 1 ? 0.1 : 5 }))
  expect(once.found?.outcome).toBe('pass')
  expect(once.found?.because).toContain('(1 of 3 blocks; this is block 2)')
})

test('a load average from before counts only where nothing tells of the time itself', async () => {
  expect((await report(() => ({ busy: busyWith(0), idle: 5 }), 99)).found).toBeUndefined()
  const { health } = await summarise(
    [...recording({ blocks: 1 })].map((line) =>
      line.t === 'facts' ? { ...line, facts: { ...line.facts, host: { ...line.facts.host, loadAverage: 99 } } } : line,
    ),
  )
  expect(health.find(({ rule }) => rule === 'busy-host')?.because).toMatch(/^load average 99.0/)
})

test('they are the bottleneck of a flood', () => {
  const machine = { all: 2, idle: 0.1, stolen: 0, others: 1.1 }
  const found = bottleneck(
    'default',
    [{ workloads: [], nodes: [{ node: 'hub', role: 'server', share: 0, memoryBytes: 0 }], machine } as never],
    { cores: 2 },
    () => 2,
    false,
  )
  expect(found.limiter).toBe('machine')
  expect(found.because).toMatch(
    /^others use this machine too: programs outside the nodes used 55 % of its CPU time, 5.0 % was left idle\..* all nodes 0.0 % of 200 %, programs outside them 110 %/,
  )
})
