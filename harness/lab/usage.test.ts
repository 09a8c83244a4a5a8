import { afterEach, expect, test, vi } from 'vitest'
import { BenchError, TimedOut } from '../model/error.ts'
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

interface Looked {
  readonly begun: number[]
  readonly emitted: string[]
  readonly said: string[]
}

/** `tookMs`: how long each look at the node takes, in order; 0 for those after; one that takes 20 s has no answer. Time stands still but for looks and waits. */
async function looksOf(
  phases: { warmupMs: number; measureMs: number },
  tookMs: readonly number[] = [],
): Promise<Looked> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const started = performance.now()
  const sinceStart = () => (performance.now() - started) * 1e6
  const begun: number[] = []
  const emitted: string[] = []
  const said: string[] = []
  // A timer of 0 ms is one of 1 ms.
  const inTens = (ms: number) => Math.floor(ms / 10) * 10
  const node = {
    name: 'hub',
    usage: async () => {
      const look = begun.push(inTens(sinceStart() / 1e6)) - 1
      await new Promise((resolve) => setTimeout(resolve, tookMs[look] ?? 0))
      if (tookMs[look] === 20_000) throw new BenchError('os', 'ps on board', { cause: new TimedOut('ps must end') })
      return usage
    },
  } as Pick<LiveNode, 'name' | 'usage'> as LiveNode
  const sampled = sampleUsage({
    servers: [node],
    loads: [],
    machine: () => Promise.resolve({ busyMicros: 1, idleMicros: 2 }),
    phases: { ...phases, cooldownMs: 0 },
    sinceStart,
    emit: (from, frame) => {
      if (frame.t === 'usage' || frame.t === 'machine') emitted.push(`${from} ${inTens(frame.at / 1e6)}`)
    },
    say: (why) => said.push(why),
    signal: new AbortController().signal,
  })
  await vi.runAllTimersAsync()
  await sampled
  return { begun, emitted, said }
}

afterEach(() => vi.useRealTimers())

test('all nodes and the machine are looked at when the load begins and at both ends of the window', async () => {
  const { begun, emitted } = await looksOf({ warmupMs: 300, measureMs: 1000 })
  expect(begun).toEqual([0, 300, 1300])
  expect(emitted.toSorted()).toEqual(['hub 0', 'hub 1300', 'hub 300', 'lab 0', 'lab 1300', 'lab 300'])
})

test('servers are looked at in between too, but not just before or after an end of the window', async () => {
  expect((await looksOf({ warmupMs: 300, measureMs: 3000 })).begun).toEqual([0, 300, 1000, 2000, 3300])
})

test('a slow look at the start stands for the one at the end of the warm-up, whose load would wait in the window', async () => {
  const { begun, emitted } = await looksOf({ warmupMs: 3000, measureMs: 10_000 }, [1000])
  expect(begun).toEqual([0, 13_000])
  // The machine's CPU times are read after the first look and before the last one, which have their share of them.
  expect(emitted).toEqual(['hub 500', 'lab 1000', 'lab 13000', 'hub 13000'])
})

test('a look that still goes on when the window ends holds up no other', async () => {
  expect((await looksOf({ warmupMs: 300, measureMs: 1000 }, [5000])).begun).toEqual([0, 1300])
})

test('a look that the host does not answer in its time is missing, and the block goes on', async () => {
  const { begun, emitted, said } = await looksOf({ warmupMs: 300, measureMs: 1000 }, [20_000, 0])
  expect(begun).toEqual([0, 1300])
  expect(emitted).toEqual(['lab 1300', 'hub 1300', 'lab 20000'])
  expect(said).toEqual(['ps on board'])
})

test('looks within the window take a hundredth of its time', async () => {
  const phases = { warmupMs: 300, measureMs: 9000 }
  expect((await looksOf(phases, [50, 50])).begun).toEqual([0, 300, 6000, 7000, 8000, 9300])
})
