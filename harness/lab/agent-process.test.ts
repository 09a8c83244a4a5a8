/** Agents that break their contract, played by functions on the memory substrate: named, with what they said. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostFacts } from '../model/facts.ts'
import type { Frame, Line } from '../model/recording.ts'
import { scenarioSchema } from '../model/scenario.ts'
import { makePlan } from '../plan/plan.ts'
import { openJournal } from '../store/journal.ts'
import { memorySubstrate } from '../substrate/memory.ts'
import type { Program, ProgramIo } from '../substrate/memory-program.ts'
import { record, type Ended } from './record.ts'

const scenario = scenarioSchema.parse({
  name: 'contract',
  about: 'What if an agent breaks its contract?',
  topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 's',
      payload: { bytes: 16 },
      arrivals: { kind: 'constant', perSecond: 10 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 's' },
  ],
  phases: { warmup: '1ms', measure: '1ms', cooldown: '1ms' },
  repeats: 1,
})

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-agents-'))
})
afterEach(() => rm(folder, { recursive: true }))

interface Seen {
  readonly ended: Ended
  readonly lines: readonly Line[]
  readonly nodes: ReadonlyMap<string, unknown>
}

/** A run whose agents all behave, but for those of node recv. */
async function runWith(onRecv: Program): Promise<Seen> {
  const programs = {
    'nats-server': server,
    node: (io: ProgramIo) => (io.node === 'recv' ? onRecv(io) : wellBehaved(io)),
  }
  const substrate = memorySubstrate({ programs })
  const journal = await openJournal(join(folder, 'journal.ndjson'), '20261124-061500-contract-k3f9')
  const lines: Line[] = []
  const host: HostFacts = { name: 'local', os: 'Linux', kernel: '0', arch: 'none', settings: {} }
  // Shorter than a checked scenario may be: nothing is measured here.
  const expanded = {
    scenario,
    variants: [{ name: 'default', set: {}, scenario }],
    overrides: {},
    ownNetwork: undefined,
    ownRate: undefined,
  }
  const request = { expanded, substrate, why: 'a test', command: 'none', harness: '0', host: 'local' }
  const plan = makePlan(request)
  const site = {
    plan,
    substrate,
    journal,
    host,
    gauges: { thermals: () => Promise.resolve({}), cpuTime: () => Promise.resolve(undefined) },
    token: 'secret',
    signal: new AbortController().signal,
    observe: () => undefined,
  }
  const append = (line: Line) => void lines.push(line)
  const ended = await record(site, {
    run: journal.run,
    at: '2026-11-24T06:15:00.000Z',
    plan,
    append,
    log: () => undefined,
  })
  expect(journal.open()).toEqual([])
  await journal.close()
  return { ended, lines, nodes: substrate.nodes }
}

async function server(io: ProgramIo): Promise<number> {
  io.error('[1] [INF] Server is ready')
  for await (const _ of io.input);
  return 0
}

const clock = { now: '0', tickNs: 1, readCostNs: 1 }
const hello: Frame = { t: 'hello', protocol: 2, agent: '0', node: 'n', runtime: 'v24', clock }

async function wellBehaved(io: ProgramIo): Promise<number> {
  io.write(JSON.stringify(hello))
  for await (const line of io.input) {
    const command = JSON.parse(line) as { readonly t: string }
    if (command.t === 'assign') io.write(JSON.stringify({ t: 'ready', now: String(process.hrtime.bigint()) }))
  }
  return 0
}

describe('an agent', () => {
  it('of another protocol version is refused with both versions', async () => {
    const { ended, nodes } = await runWith(async (io) => {
      io.write(JSON.stringify({ ...hello, protocol: 3 }))
      for await (const _ of io.input);
      return 0
    })
    expect(ended.outcome).toBe('failed')
    expect(ended.error).toMatchObject({ code: 'agent' })
    expect(ended.because).toMatch(/^agent \S+@recv must speak protocol 2, got 3$/)
    expect([...nodes.keys()]).toEqual([])
  })

  it('that writes half a line and ends is named with what it wrote', async () => {
    const { ended } = await runWith((io) => {
      io.write('{"t":"hel')
      return Promise.resolve(1)
    })
    expect(ended.because).toMatch(/^agent \S+@recv must write frames, got "\{\\"t\\":\\"hel"$/)
  })

  it('that writes something else than frames is named with what it wrote', async () => {
    const { ended } = await runWith(async (io) => {
      io.write('Segmentation fault')
      for await (const _ of io.input);
      return 0
    })
    expect(ended.because).toMatch(/^agent \S+@recv must write frames, got "Segmentation fault"$/)
  })

  it('that ends before it is done is named with its status and its last words', async () => {
    const { ended } = await runWith((io) => {
      io.error('no more memory')
      return Promise.resolve(3)
    })
    expect(ended.because).toMatch(/^agent \S+@recv ended before it was done \(status 3\)$/)
    expect(ended.error?.lines).toContain('no more memory')
  })

  it('that says why it failed is quoted', async () => {
    const { ended } = await runWith((io) => {
      io.write(JSON.stringify(hello))
      io.write(JSON.stringify({ t: 'failed', code: 'connect', message: 'hub said no' }))
      return Promise.resolve(1)
    })
    expect(ended.because).toMatch(/^agent \S+@recv failed: hub said no$/)
  })

  it('is stopped together with all others, and the recording ends with the reason', async () => {
    const { lines } = await runWith(() => Promise.resolve(1))
    expect(lines.at(-1)).toMatchObject({ t: 'end', outcome: 'failed' })
    expect(lines.filter(({ t }) => t === 'blockEnd')).toMatchObject([{ outcome: 'failed' }])
    expect(JSON.stringify(lines)).not.toContain('secret')
  })
})
