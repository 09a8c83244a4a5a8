/** A fault whose own commands take a minute, over pretend nodes and in pretend time. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { pretendAgent, pretendServer } from '../../fixtures/pretend/programs.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import { planSchema } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import { makePlan } from '../plan/plan.ts'
import { expandScenario } from '../scenario/expand.ts'
import type { Program } from '../substrate/memory-program.ts'
import { memorySubstrate } from '../substrate/memory.ts'
import { runBlock } from './block.ts'
import { pause } from './wait.ts'

const scenario = {
  name: 'slow-fault',
  about: 'A publisher, and a disk that is full for a moment.',
  topology: { hub: { role: 'server', server: { jetstream: true }, disk: '64MiB' }, send: { role: 'load' } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 64 },
      arrivals: { kind: 'constant', perSecond: 1000 },
      reconnect: {},
    },
  ],
  phases: { warmup: '100ms', measure: '400ms', cooldown: '0s' },
  faults: [{ at: '150ms', kind: 'disk-full', node: 'hub', lasts: '100ms' }],
  repeats: 1,
}
const minuteMs = 60_000

/** Its publisher has its end only when `until` is there. */
function slowPublisher(until: Promise<unknown>): Program {
  const agent = pretendAgent()
  return (io) => {
    let held = false
    const input = async function* () {
      for await (const line of io.input) {
        held ||= line.includes('"workload":"pub"')
        if (held && line.includes('"t":"start"')) await until
        yield line
      }
    }
    return agent({ ...io, input: input() })
  }
}

/** In memory, for a real one would make pretend time wait for a real disk. */
function journalOf(run: string): Journal {
  const open = new Set<JournalEntry>()
  return {
    run,
    will: (kind, name) => {
      const made = { id: open.size, kind, name, detail: {} }
      open.add(made)
      return Promise.resolve(made)
    },
    did: () => Promise.resolve(),
    gone: (gone) => Promise.resolve(void open.delete(gone)),
    open: () => [...open],
  }
}

/** Runs the block; resolves with what it threw, and when it was over, in pretend milliseconds. */
async function block(faults: readonly object[], until: (drained: Promise<unknown>) => Promise<unknown>) {
  const drained = Promise.withResolvers<undefined>()
  const substrate = memorySubstrate({
    programs: { node: slowPublisher(until(drained.promise)), 'nats-server': pretendServer() },
    onDisk: async (_node, what) => {
      if (what === 'fill') await pause(minuteMs)
      if (what === 'drain') drained.resolve(undefined)
    },
  })
  const expanded = expandScenario({ ...scenario, faults })
  const plan = planSchema.parse(makePlan({ expanded, substrate, why: '', command: '', harness: '0', host: 'local' }))
  const journal = journalOf('20261128-000000-slow-fault-slow')
  const { signal } = new AbortController()
  const nodes = new Map<string, Awaited<ReturnType<typeof substrate.create>>>()
  for (const node of plan.nodes) nodes.set(node.name, await substrate.create(node, journal, signal))
  const from = performance.now()
  const marks: Extract<Frame, { t: 'fault' }>[] = []
  let over: { error: unknown; ms: number } | undefined
  const end = (error: unknown) => {
    over = { error, ms: performance.now() - from }
  }
  void runBlock({
    plan,
    block: plan.blocks[0]!,
    variant: plan.variants[0]!,
    nodes,
    token: 't',
    cores: 8,
    signal,
    gauges: { thermals: () => Promise.resolve({}), cpuTime: () => Promise.resolve(undefined) },
    frame: (_from, frame) => void (frame.t === 'fault' ? marks.push(frame) : undefined),
    observe: () => undefined,
    log: () => undefined,
  }).then(() => end(undefined), end)
  while (over === undefined) await vi.advanceTimersByTimeAsync(100)
  return { ...over, marks }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'hrtime', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const never = () => new Promise(() => undefined)

it('a publisher that a slow fault holds up is waited for that much longer', async () => {
  const { error, marks } = await block(scenario.faults, (drained) => drained)
  expect(error).toBeUndefined()
  // Its end says since when the disk was full: a minute after it was begun.
  const [on, off] = marks
  expect(off?.whole).toBeGreaterThan((on?.at ?? Infinity) + minuteMs * 1e6)
  expect(off?.whole).toBeLessThan(off?.at ?? 0)
})

it('one that never ends is waited for as long as the fault took beyond its plan', async () => {
  const { error, ms } = await block(scenario.faults, never)
  expect(String(error)).toMatch(/must say "done" within 75\.8\d* s, still missing: pub@send/)
  expect(ms).toBeLessThan(minuteMs + 20_000)
})

it('without a fault it is not', async () => {
  const { error } = await block([], never)
  expect(String(error)).toMatch('must say "done" within 15.8 s, still missing: pub@send')
})
