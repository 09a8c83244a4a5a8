/**
 * Pretend nodes for tests: their programs are functions of this process. Everything else (journal, files, signals,
 * ends) behaves as with real nodes, so that the lab runs over them unchanged.
 */
import { posix } from 'node:path'
import { BenchError } from '../model/error.ts'
import { storeFolder } from '../model/node-names.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { NodePlan, ServerChoice } from '../model/plan.ts'
import type { Usage } from '../model/recording.ts'
import { filler, fillerKind } from './filler.ts'
import { startPretend } from './memory-program.ts'
import type { Pretend, Program } from './memory-program.ts'
import { nodeAt } from './place.ts'
import type { LiveNode, Pausable, Substrate } from './substrate.ts'

export interface MemoryOptions {
  /** By the base name of the command's first word; `node` is the agent, `nats-server` the service. */
  readonly programs?: Readonly<Record<string, Program>>
  /** Called with what is done to the disk of a node, which takes as long as this does. */
  readonly onDisk?: (node: string, what: 'fill' | 'drain' | 'settle' | 'crash') => void | Promise<void>
  /** Called before a node is made: throw to make `create` fail. */
  readonly onCreate?: (node: NodePlan) => void
  /** Called before a node gets its nats-server: throw where there is none. */
  readonly onServer?: (choice: ServerChoice) => void
}

export interface MemorySubstrate extends Substrate {
  /** Nodes that exist, with the files put into them. */
  readonly nodes: ReadonlyMap<string, ReadonlyMap<string, string | Uint8Array>>
}

const idle: Usage = { cpuUserMicros: 0, cpuSystemMicros: 0, memoryBytes: 0 }

export function memorySubstrate(options: MemoryOptions = {}): MemorySubstrate {
  const nodes = new Map<string, Map<string, string | Uint8Array>>()
  const running = new Map<string, Set<Pretend>>()
  const remove = async (name: string): Promise<void> => {
    await Promise.all([...(running.get(name) ?? [])].map((program) => program.child.stop(100)))
    running.delete(name)
    nodes.delete(name)
  }
  return {
    name: 'memory',
    nodes,
    capabilities: new Set(['cpus', 'memory', 'pause', 'usage', 'networks', 'disk', 'crash']),
    unsupported: () => Promise.resolve(undefined),
    endpoint: (index) => ({
      address: '127.0.0.1',
      ports: {
        client: 1000 + index * 4,
        monitor: 1001 + index * 4,
        cluster: 1002 + index * 4,
        floor: 1003 + index * 4,
      },
    }),
    async create(plan, journal, signal) {
      signal.throwIfAborted()
      const entry = await journal.will('node', plan.name)
      try {
        if (nodes.has(plan.name)) throw new BenchError('cannot-create', `node ${plan.name} must be new, got a second`)
        options.onCreate?.(plan)
      } catch (error) {
        await journal.gone(entry)
        throw error
      }
      nodes.set(plan.name, new Map())
      running.set(plan.name, new Set())
      const { left, ...room } = filler({
        node: plan.name,
        run: '',
        journal,
        path: storeFolder,
        script: async (text) => {
          await options.onDisk?.(plan.name, text.includes('fallocate') ? 'fill' : 'drain')
          return { status: 0, said: '' }
        },
      })
      const told = async (what: 'settle' | 'crash') => options.onDisk?.(plan.name, what)
      const disk = { ...room, settle: () => told('settle'), crash: () => told('crash') }
      const node = memoryNode(plan, options, nodes, running, async () => {
        await remove(plan.name)
        await left()
        await journal.gone(entry)
      })
      return plan.diskBytes === undefined ? node : { ...node, ...disk }
    },
    async sweep(entries: readonly JournalEntry[]) {
      for (const { kind, name } of entries) {
        if (kind === fillerKind) continue
        if (kind !== 'node') throw new BenchError('os', `${kind} ${name} must be of a kind this substrate makes`)
        await remove(name)
      }
    },
    facts: () => Promise.resolve({ pretend: 'yes' }),
  }
}

function memoryNode(
  plan: NodePlan,
  options: MemoryOptions,
  nodes: ReadonlyMap<string, Map<string, string | Uint8Array>>,
  running: ReadonlyMap<string, Set<Pretend>>,
  destroy: () => Promise<void>,
): LiveNode & Pausable {
  const directory = `/memory/${plan.name}`
  const alive = <T>(value: T | undefined): T => {
    if (value === undefined) throw new BenchError('bug', `node ${plan.name} must exist, got one that was destroyed`)
    return value
  }
  const programs = (): Set<Pretend> => alive(running.get(plan.name))
  return nodeAt({
    name: plan.name,
    host: plan.host ?? 'local',
    directory,
    node: 'node',
    write: (files, place) =>
      Promise.resolve().then(() => {
        const kept = alive(nodes.get(plan.name))
        for (const [name, content] of Object.entries(files)) kept.set(posix.join(place, name), content)
      }),
    start: (command, { env = {} }) =>
      Promise.resolve().then(() => {
        const name = posix.basename(command[0] ?? '')
        const program = options.programs?.[name]
        if (program === undefined) throw new BenchError('os', `command \`${name}\` must start, got no such program`)
        const pretend = startPretend(program, { command, env, node: plan.name })
        const mine = programs()
        mine.add(pretend)
        void pretend.child.exit.then(() => mine.delete(pretend))
        return pretend.child
      }),
    server: (choice: ServerChoice) =>
      Promise.resolve().then(() => {
        options.onServer?.(choice)
        return { path: 'nats-server', version: choice.version ?? '0.0.0', origin: choice.path ?? 'pretend' }
      }),
    usage: () => Promise.resolve().then(() => (programs(), idle)),
    pause: () => Promise.resolve().then(() => programs().forEach(({ child }) => child.signal('SIGSTOP'))),
    resume: () => Promise.resolve().then(() => programs().forEach(({ child }) => child.signal('SIGCONT'))),
    remove: destroy,
  })
}
