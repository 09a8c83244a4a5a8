import { afterEach, expect, test, vi } from 'vitest'
import { BenchError, TimedOut } from '../model/error.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import type { Frame, Usage } from '../model/recording.ts'
import { lookBefore, sampleUsage } from './usage.ts'

const usage: Usage = {
  cpuUserMicros: 0,
  cpuSystemMicros: 0,
  memoryBytes: 1,
  switchesVoluntary: 0,
  switchesInvoluntary: 0,
}

interface Looked {
  readonly begun: number[]
  readonly tookBeforeMs: number
  readonly emitted: string[]
  readonly said: string[]
}

/**
 * `tookMs`: how long each look at the node takes, in order, the one before the load first; 0 for those after; one that takes 20 s has no
 * answer. Time stands still but for looks and waits, and counts from the start of the load.
 */
async function looksOf(
  phases: { warmupMs: number; measureMs: number },
  tookMs: readonly number[] = [],
): Promise<Looked> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  let started = performance.now()
  const sinceStart = () => (performance.now() - started) * 1e6
  const begun: number[] = []
  const emitted: string[] = []
  const said: string[] = []
  let looks = 0
  // A timer of 0 ms is one of 1 ms.
  const inTens = (ms: number) => Math.floor(ms / 10) * 10
  const node = {
    name: 'hub',
    usage: async () => {
      const took = tookMs[looks++] ?? 0
      begun.push(inTens(sinceStart() / 1e6))
      await new Promise((resolve) => setTimeout(resolve, took))
      if (took === 20_000) throw new BenchError('os', 'ps on board', { cause: new TimedOut('ps must end') })
      return usage
    },
  } as Pick<LiveNode, 'name' | 'usage'> as LiveNode
  const request = {
    servers: [node],
    loads: [],
    machine: () => Promise.resolve({ busyMicros: 1, idleMicros: 2 }),
    emit: (from: string, frame: Frame) => {
      if (frame.t === 'usage' || frame.t === 'machine') emitted.push(`${from} ${inTens(frame.at / 1e6)}`)
    },
    say: (why: string) => void said.push(why),
    signal: new AbortController().signal,
  }
  const looked = lookBefore(request)
  await vi.runAllTimersAsync()
  const tookBeforeMs = await looked
  begun.length = 0
  started = performance.now()
  const sampled = sampleUsage({ ...request, tookBeforeMs, phases: { ...phases, cooldownMs: 0 }, sinceStart })
  await vi.runAllTimersAsync()
  await sampled
  return { begun, tookBeforeMs: inTens(tookBeforeMs), emitted, said }
}

afterEach(() => vi.useRealTimers())

test('all nodes and the machine are looked at before the load, which counts for its start, and at both ends of the window', async () => {
  const { begun, emitted } = await looksOf({ warmupMs: 300, measureMs: 1000 })
  expect(begun).toEqual([300, 1300])
  expect(emitted.toSorted()).toEqual(['hub 0', 'hub 1300', 'hub 300', 'lab 0', 'lab 1300', 'lab 300'])
})

test('servers are looked at in between too, but not just before or after an end of the window', async () => {
  expect((await looksOf({ warmupMs: 300, measureMs: 3000 })).begun).toEqual([300, 1000, 2000, 3300])
})

test('after a slow look before the load there is none when the warm-up ends: the load would wait for it in the window', async () => {
  const { begun, tookBeforeMs, emitted } = await looksOf({ warmupMs: 300, measureMs: 10_000 }, [1000])
  expect(tookBeforeMs).toBe(1000)
  expect(begun).toEqual([10_300])
  // The machine's CPU times are read after the first look and before the last one, which have their share of them.
  expect(emitted).toEqual(['hub 0', 'lab 0', 'lab 10300', 'hub 10300'])
})

test('a look that still goes on when the window ends holds up no other', async () => {
  expect((await looksOf({ warmupMs: 300, measureMs: 1000 }, [0, 5000])).begun).toEqual([300, 1300])
})

test('a look that the host does not answer in its time is missing, and the block goes on', async () => {
  const { begun, emitted, said } = await looksOf({ warmupMs: 300, measureMs: 1000 }, [20_000, 0])
  expect(begun).toEqual([1300])
  expect(emitted).toEqual(['lab 0', 'lab 1300', 'hub 1300'])
  expect(said).toEqual(['ps on board'])
})

test('looks within the window take a hundredth of its time', async () => {
  const phases = { warmupMs: 300, measureMs: 9000 }
  expect((await looksOf(phases, [50, 50])).begun).toEqual([300, 6000, 7000, 8000, 9300])
})

test('an interruption does not wait for a look', async () => {
  const interrupt = new AbortController()
  const never = { name: 'hub', usage: () => new Promise<Usage>(() => undefined) } as Pick<LiveNode, 'name' | 'usage'>
  const looked = lookBefore({
    servers: [never as LiveNode],
    loads: [],
    machine: () => Promise.resolve(undefined),
    emit: () => undefined,
    say: () => undefined,
    signal: interrupt.signal,
  })
  interrupt.abort()
  await expect(looked).rejects.toThrow('the run was interrupted')
})
