import { expect, it } from 'vitest'
import { join } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { Journal } from '../model/journal.ts'
import type { Line } from '../model/recording.ts'
import { makePlan } from '../plan/plan.ts'
import { loadScenario } from '../scenario/load.ts'
import { summarise } from '../stats/summarise.ts'
import { memorySubstrate } from '../substrate/memory.ts'
import { record } from './record.ts'

const host = { name: 'board', os: 'FreeBSD', kernel: '15.1-RELEASE', arch: 'arm64', settings: {} }
const emptyJournal: Journal = {
  run: 'r',
  will: () => Promise.reject(new Error('nothing is made here')),
  did: () => Promise.resolve(),
  gone: () => Promise.resolve(),
  open: () => [],
}

it('knows the host of a run whose nodes could not be built', async () => {
  const expanded = await loadScenario(join(import.meta.dirname, '../../fixtures/scenarios/short.ts'))
  const substrate = {
    ...memorySubstrate(),
    create: () => Promise.reject(new BenchError('os', 'jail must start, it does not')),
  }
  const plan = makePlan({ expanded, substrate, why: '', command: '', harness: '0', host: host.name })
  const lines: Line[] = []
  const ended = await record(
    {
      plan,
      substrate,
      host,
      gauges: { thermals: () => Promise.resolve({}), cpuTime: () => Promise.resolve(undefined) },
      journal: emptyJournal,
      token: 't',
      signal: new AbortController().signal,
      observe: () => undefined,
    },
    { run: 'r', at: '2026-11-27T00:00:00Z', plan, append: (line) => lines.push(line), log: () => undefined },
  )
  expect(ended).toMatchObject({ outcome: 'failed', because: 'jail must start, it does not' })
  expect((await summarise(lines)).facts.host).toEqual(host)
})
