/**
 * A whole run over pretend nodes: scenario file → plan → lab → recording → report → verdict, and nothing left, also where
 * something breaks on the way. What agents and servers are is played by functions (fixtures/pretend).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pretendAgent, pretendServer, type Twist } from '../fixtures/pretend/programs.ts'
import { record } from './lab/record.ts'
import type { Overrides } from './model/expanded.ts'
import { planSchema } from './model/plan.ts'
import type { Line } from './model/recording.ts'
import type { Report } from './model/report.ts'
import { makePlan } from './plan/plan.ts'
import { markdown } from './report/markdown.ts'
import { expandScenario } from './scenario/expand.ts'
import { summarise } from './stats/summarise.ts'
import { openJournal } from './store/journal.ts'
import { memorySubstrate } from './substrate/memory.ts'
import { judge } from './verdict/judge.ts'

const scenario = {
  name: 'pretend',
  about: 'One publisher, two subscribers.',
  topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load', count: 2 } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 64 },
      arrivals: { kind: 'constant', perSecond: 1000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
  phases: { warmup: '100ms', measure: '400ms', cooldown: '0s' },
  repeats: 2,
}

interface Wanted {
  readonly twists?: Readonly<Record<string, Twist>>
  readonly serverDies?: string
  readonly noRoomFor?: string
  /** A release that is nowhere to be had. */
  readonly noServer?: string
  /** Is told what became of disks. */
  readonly onDisk?: (node: string, what: string) => void
  readonly change?: object
  /** Places groups on hosts. */
  readonly hosts?: Readonly<Record<string, string>>
  readonly overrides?: Overrides
  /** Interrupts when the lab says this, or this becomes of a disk. */
  readonly stopAt?: string
  /** Is told where a process of an agent starts. */
  readonly onStart?: (node: string) => void
}

let folder = ''
let runs = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-whole-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Whole {
  readonly report: Report
  readonly lines: readonly Line[]
  /** What was told as it happened, frames aside. */
  readonly events: readonly string[]
}

async function wholeRun(wanted: Wanted = {}): Promise<Whole> {
  const journal = await openJournal(join(folder, `journal-${++runs}.ndjson`), '20261127-000000-pretend-whol')
  const interrupt = new AbortController()
  const agent = pretendAgent(wanted.twists)
  const substrate = memorySubstrate({
    programs: {
      node: (io) => {
        wanted.onStart?.(io.node)
        return agent(io)
      },
      'nats-server': pretendServer(wanted.serverDies),
    },
    onDisk: (node, what) => {
      wanted.onDisk?.(node, what)
      if (what === wanted.stopAt) interrupt.abort()
    },
    onCreate: ({ name }) => {
      if (name === wanted.noRoomFor) throw new Error('no room')
    },
    onServer: ({ version }) => {
      if (version !== undefined && version === wanted.noServer) throw new Error(`no release ${version}`)
    },
  })
  const expanded = expandScenario({ ...scenario, ...wanted.change }, wanted.overrides)
  const made = makePlan({ expanded, substrate, why: 'a test', command: '', harness: '0', host: 'local' })
  const placed = made.nodes.map((node) => ({ ...node, host: wanted.hosts?.[node.group] ?? made.host }))
  // As it is written and read again, which is how another machine gets it.
  const plan = planSchema.parse(JSON.parse(JSON.stringify({ ...made, nodes: placed })))
  const lines: Line[] = []
  const events: string[] = []
  await record(
    {
      plan,
      substrate,
      host: { name: 'local', os: 'Linux', kernel: '6', arch: 'x86_64', cores: 8, loadAverage: 0, settings: {} },
      gauges: { thermals: () => Promise.resolve({}), cpuTime: () => Promise.resolve(undefined) },
      journal,
      token: 't',
      signal: interrupt.signal,
      observe: (event) => {
        if (event.kind !== 'frame') events.push(event.kind)
        if (wanted.stopAt === (event.kind === 'phase' ? event.phase : event.kind)) interrupt.abort()
      },
    },
    {
      run: 'r',
      at: '2026-11-27T00:00:00Z',
      plan,
      append: (line) => lines.push(line),
      log: () => undefined,
    },
  )
  expect(substrate.nodes.size).toBe(0)
  expect(journal.open()).toEqual([])
  await journal.close()
  const summary = await summarise(lines)
  const report = { ...summary, verdict: judge(summary) }
  expect(markdown(report)).toContain('pretend')
  return { report, lines, events }
}

describe.concurrent('a whole run over pretend nodes', () => {
  it('measures every block and passes', async () => {
    const { report, lines } = await wholeRun()
    expect(report).toMatchObject({ state: 'complete', verdict: { outcome: 'pass' } })
    const value = (workload: string, metric: string) =>
      report.summaries.find((each) => each.workload === workload && each.metric === metric)?.median
    expect(value('sub', 'throughput')).toBe(2000)
    expect(value('sub', 'latency.p50')).toBeCloseTo(100_000, -3)
    expect(value('sub', 'loss')).toBe(0)
    expect(lines.flatMap((line) => (line.t === 'blockEnd' ? [line.outcome] : []))).toEqual(['ok', 'ok'])
  })

  it('starts each process once for all blocks, and fresh ones for each block where there are faults', async () => {
    const starts: string[] = []
    const { report } = await wholeRun({ onStart: (node) => starts.push(node) })
    expect(report.state).toBe('complete')
    const [send, one, two] = ['send', 'recv-1', 'recv-2'].map((node) => starts.filter((each) => each === node).length)
    // The floor is measured from send to recv-1.
    expect([send, one, two]).toEqual([2, 2, 1])
    const faults = [{ at: '150ms', kind: 'pause', node: 'hub', lasts: '100ms' }]
    const withFault: string[] = []
    await wholeRun({ onStart: (node) => withFault.push(node), change: { faults } })
    expect(withFault).toHaveLength(2 * 5)
  })

  it('rehearses before the first block, of which nothing is recorded, unless there are faults or it is left out', async () => {
    const turns = (events: readonly string[]) => events.filter((kind) => kind === 'rehearsal' || kind === 'block')
    const { events, lines, report } = await wholeRun({ overrides: { rehearsalMs: 300 } })
    expect(turns(events)).toEqual(['rehearsal', 'block', 'block'])
    expect(report.plan.rehearsalMs).toBe(300)
    const first = lines.findIndex((line) => line.t === 'frame')
    expect(lines.findIndex((line) => line.t === 'block')).toBeLessThan(first)
    // All that is measured here is too short to be worth one.
    expect(turns((await wholeRun()).events)).toEqual(['block', 'block'])
    const faults = [{ at: '150ms', kind: 'pause', node: 'hub', lasts: '100ms' }]
    expect(turns((await wholeRun({ change: { faults }, overrides: { rehearsalMs: 300 } })).events)).toEqual([
      'block',
      'block',
    ])
  })

  it('goes on to the first block where the rehearsal fails', async () => {
    const { events, report } = await wholeRun({ twists: { 'pub@send': 'dies' }, overrides: { rehearsalMs: 300 } })
    expect(events.filter((kind) => kind === 'block')).toHaveLength(1)
    expect(report.state).toBe('failed')
  })

  it('runs the variants in turn, with what the command line says over the file', async () => {
    const change = { variants: { a: {}, b: { 'workloads.pub.payload.bytes': 32 } } }
    const { report } = await wholeRun({ change, overrides: { repeats: 1 } })
    expect(report.plan.blocks.map(({ variant }) => variant)).toEqual(['a', 'b'])
    expect(report.summaries.find(({ variant, ratio }) => variant === 'b' && ratio !== undefined)).toBeDefined()
  })

  it('cannot tell where messages were lost, and fails where a limit says so', async () => {
    const twists = { 'sub@recv-2': 'misses' } as const
    const { report } = await wholeRun({ twists })
    expect(report.verdict.outcome).toBe('unknown')
    expect(report.verdict.findings.find(({ outcome }) => outcome === 'unknown')?.because).toMatch(/^10 messages sent/)
    const limits = [{ workload: 'sub', metric: 'loss', atMost: 0 }]
    expect((await wholeRun({ twists, change: { limits, repeats: 1 } })).report.verdict.outcome).toBe('fail')
  })

  it('pauses a node by a planned fault and lets it go again', async () => {
    const faults = [{ at: '150ms', kind: 'pause', node: 'hub', lasts: '100ms' }]
    const { report } = await wholeRun({ change: { faults, repeats: 1 } })
    expect(report.marks.map(({ what }) => what)).toEqual(['fault: pause hub'])
    expect(report.state).toBe('complete')
  })

  const stored = {
    topology: { ...scenario.topology, hub: { role: 'server', server: { jetstream: true }, disk: '64MiB' } },
    workloads: scenario.workloads.map((workload) => ({ ...workload, reconnect: {} })),
    repeats: 1,
  }

  it('fills the disk of a node by a planned fault and gives its room back', async () => {
    const faults = [{ at: '150ms', kind: 'disk-full', node: 'hub', lasts: '100ms' }]
    const told: string[] = []
    const { report } = await wholeRun({
      change: { ...stored, faults },
      onDisk: (node, what) => told.push(`${what} ${node}`),
    })
    expect(told).toEqual(['fill hub', 'drain hub'])
    expect(report.marks.map(({ what }) => what)).toEqual(['fault: disk-full hub'])
    expect(report.health.find(({ rule }) => rule === 'fault-class')?.because).toContain('a full disk')
  })

  it('gives the room of a disk back when it is interrupted in the midst', async () => {
    const faults = [{ at: '150ms', kind: 'disk-full', node: 'hub', lasts: '300ms' }]
    const told: string[] = []
    const { report } = await wholeRun({
      change: { ...stored, faults },
      stopAt: 'fill',
      onDisk: (node, what) => told.push(`${what} ${node}`),
    })
    expect(report.state).toBe('interrupted')
    expect(told).toEqual(['fill hub', 'drain hub'])
  })

  it('crashes the system under a server: what it had is settled first, it is killed, and started again', async () => {
    const faults = [{ at: '150ms', kind: 'os-crash', node: 'hub', lasts: '100ms' }]
    const told: string[] = []
    const { report } = await wholeRun({
      change: { ...stored, faults },
      onDisk: (node, what) => told.push(`${what} ${node}`),
    })
    expect(told).toEqual(['settle hub', 'crash hub'])
    expect(report.marks.map(({ what }) => what)).toContain('fault: os-crash hub')
  })

  it.each<[string, Wanted, RegExp]>([
    ['an agent that dies', { twists: { 'pub@send': 'dies' } }, /agent pub@send ended before it was done \(status 9\)/],
    ['an agent that babbles', { twists: { 'sub@recv-1': 'babbles' } }, /agent sub@recv-1 must write frames/],
    ['an agent that fails', { twists: { 'pub@send': 'fails' } }, /server must keep the connection, got: it did not/],
    ['an agent of another protocol', { twists: { 'sub@recv-1': 'foreign' } }, /must speak protocol/],
    ['a server that ends', { serverDies: '[FTL] listen tcp: address already in use' }, /must listen on/],
    ['a node that cannot be made', { noRoomFor: 'recv-2' }, /no room/],
  ])('ends with %s, named, and takes everything down', async (_, wanted, because) => {
    const { report } = await wholeRun(wanted)
    expect(report.state).toBe('failed')
    expect(report.because).toMatch(because)
    expect(report.verdict.outcome).toBe('unknown')
  })

  it('knows before the first block that a nats-server cannot be had', async () => {
    const variants = {
      old: { 'topology.hub.server.version': '2.14.3' },
      new: { 'topology.hub.server.version': '2.99.0' },
    }
    const { report, lines } = await wholeRun({ noServer: '2.99.0', change: { variants } })
    expect(report.because).toMatch('no release 2.99.0')
    expect(lines.filter(({ t }) => t === 'block')).toEqual([])
  })

  it('takes a plan of two hosts: nodes know theirs, and what has two clocks is not timed', async () => {
    const hosts = { hub: 'root@board', recv: 'root@board' }
    const { report } = await wholeRun({ hosts: { ...hosts, send: 'root@board' }, change: { repeats: 1 } })
    expect(report.state).toBe('complete')
    expect(new Set(report.plan.nodes.map(({ host }) => host))).toEqual(new Set(['root@board']))
    const apart = await wholeRun({ hosts, change: { repeats: 1 } })
    expect(apart.report.because).toBe('sub must time messages by one clock, got those of local and root@board')
  })

  it.each(['build', 'services', 'floor', 'measure'])('is interrupted at %s, and takes everything down', async (at) => {
    const { report } = await wholeRun({ stopAt: at })
    expect(report).toMatchObject({ state: 'interrupted', verdict: { outcome: 'unknown' } })
  })
})
