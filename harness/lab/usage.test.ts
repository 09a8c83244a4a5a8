import { expect, test } from 'vitest'
import type { LiveNode } from '../substrate/substrate.ts'
import type { Usage } from '../model/recording.ts'
import { sampleUsage } from './usage.ts'

const usage: Usage = {
  cpuUserMicros: 0,
  cpuSystemMicros: 0,
  memoryBytes: 1,
  switchesVoluntary: 0,
  switchesInvoluntary: 0,
}

test('a reading is begun at both ends of the window, however long the ones before it take', async () => {
  const begun: number[] = []
  const emitted: number[] = []
  const machine: unknown[] = []
  const started = performance.now()
  const sinceStart = () => (performance.now() - started) * 1e6
  const all = Promise.withResolvers<void>()
  // Nothing is answered before the last reading has been begun: one after the other would wait for ever.
  const node = {
    name: 'hub',
    usage: async () => {
      begun.push(sinceStart() / 1e6)
      if (begun.length === 2) all.resolve()
      await all.promise
      return usage
    },
  } as Pick<LiveNode, 'name' | 'usage'> as LiveNode
  await sampleUsage({
    servers: [node],
    loads: [],
    machine: () => Promise.resolve({ busyMicros: 1, idleMicros: 2 }),
    // The readings of the seconds between are left out: the first one is still going on.
    phases: { warmupMs: 20, measureMs: 2030, cooldownMs: 0 },
    sinceStart,
    emit: (from, frame) => {
      if (frame.t === 'usage') emitted.push(frame.at)
      if (frame.t === 'machine')
        machine.push({ from, idle: frame.cpu.idleMicros, late: frame.at / 1e6 >= [20, 2050][machine.length]! })
    },
    signal: new AbortController().signal,
  })
  expect(begun).toHaveLength(2)
  expect(begun[0]).toBeGreaterThanOrEqual(20)
  expect(begun[1]).toBeGreaterThanOrEqual(2050)
  expect(emitted).toHaveLength(2)
  expect(machine).toEqual([
    { from: 'lab', idle: 2, late: true },
    { from: 'lab', idle: 2, late: true },
  ])
})

test('servers are read in between too, but not just before or after an end of the window', async () => {
  const begun: number[] = []
  const node = {
    name: 'hub',
    usage: () => {
      begun.push(begun.length)
      return Promise.resolve(usage)
    },
  } as Pick<LiveNode, 'name' | 'usage'> as LiveNode
  const read = (phases: { warmupMs: number; measureMs: number }) =>
    sampleUsage({
      servers: [node],
      loads: [],
      machine: () => Promise.resolve(undefined),
      phases: { ...phases, cooldownMs: 0 },
      // All of the waits are over: each reading is begun at once.
      sinceStart: () => 1e15,
      emit: () => undefined,
      signal: new AbortController().signal,
    })
  await read({ warmupMs: 300, measureMs: 1000 })
  expect(begun).toHaveLength(2)
  await read({ warmupMs: 300, measureMs: 3000 })
  expect(begun).toHaveLength(2 + 2 + 2)
})
