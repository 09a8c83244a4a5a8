import { expect, it } from 'vitest'
import type { ProcessSample, ProcessTable } from '../host/processes.ts'
import { usageReader, type Account } from './process-usage.ts'

const sample = (pid: number, group: number, cpuUserMicros: number): ProcessSample => ({
  pid,
  group,
  cpuUserMicros,
  cpuSystemMicros: 0,
  memoryBytes: 10,
  switchesVoluntary: 0,
  switchesInvoluntary: 0,
})
const account = (group: number): Account => ({ group, seen: new Map() })

/** A reader whose process table gives these answers, one after the other. */
function reading(...answers: readonly (readonly ProcessSample[])[]) {
  let at = 0
  const table = { sample: () => Promise.resolve(answers[at++] ?? []) } as unknown as ProcessTable
  return usageReader(table)
}

it('counts a program once that ends while it is looked at', async () => {
  const agent = account(7)
  const reader = reading([sample(7, 7, 290)], [sample(7, 7, 600)])
  expect((await reader.read([agent], [agent])).cpuUserMicros).toBe(290)
  const ending = reader.read([agent], [agent])
  // When the answer comes, the program is no longer among those that run.
  expect((await ending).cpuUserMicros).toBe(600)
  expect(await reader.read([], [agent])).toMatchObject({ cpuUserMicros: 600, memoryBytes: 0 })
})

it('keeps what an ended program used when another one gets its number', async () => {
  const [first, second] = [account(7), account(7)]
  const reader = reading([sample(7, 7, 500)], [sample(7, 7, 40), sample(8, 7, 2)])
  await reader.read([first], [first])
  expect((await reader.read([second], [first, second])).cpuUserMicros).toBe(542)
})

it('gives each of those that ask at once what is theirs of one look', async () => {
  const [hub, send] = [account(1), account(2)]
  const reader = reading([sample(1, 1, 30), sample(2, 2, 4)])
  const both = await Promise.all([reader.read([hub], [hub]), reader.read([send], [send])])
  expect(both.map(({ cpuUserMicros }) => cpuUserMicros)).toEqual([30, 4])
})
