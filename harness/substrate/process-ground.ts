/** What the substrates `process` and `netns` share: the host's process table and programs, the run's folder, its nodes, the sweep. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { Capability, NodePlan, ServerChoice } from '../model/plan.ts'
import { hasProcessTable, missingPrograms, processTable, type ProcessTable } from '../host/processes.ts'
import { together } from '../host/together.ts'
import { obtainServer } from '../server/obtain.ts'
import { storeFolder } from '../model/node-names.ts'
import { diskRemovers, makeDisk, whyNoDisk, type Disk, type DiskRequest } from './disk.ts'
import { frozenRemovers } from './frozen-disk.ts'
import { isOurs, makeFolder, removeFolder } from './process-folder.ts'
import { processNode } from './process-node.ts'
import { sweepEntries, type Remover } from './process-sweep.ts'
import { bindingOf } from './cpu-binding.ts'
import { findNode, findPin, type NodeProgram } from './process-tools.ts'
import { usageReader } from './process-usage.ts'
import { slowLimits, slowRemovers } from './slow-device.ts'
import type { Breakable, LiveNode, Pausable, Substrate, SubstrateContext } from './substrate.ts'

export interface Spot {
  /** Words that go before every command of the node. */
  readonly prefix?: readonly string[]
  /** Called after the node's programs have ended. */
  readonly left?: () => Promise<void>
  /** How to break its network, where it has one of its own. */
  readonly network?: Breakable
}

export interface Ground {
  readonly capabilities: ReadonlySet<Capability>
  /** Why some capabilities are missing. */
  readonly lacks: ReadonlyMap<Capability, string>
  readonly table: ProcessTable
  node(): Promise<NodeProgram>
  /** `make` makes what only this substrate needs. It is called after all checks, when the run's folder exists. */
  create(plan: NodePlan, journal: Journal, make?: () => Promise<Spot>): Promise<LiveNode & Pausable>
  /** `removers` are those of further kinds of journal entries, in the order in which they must run. */
  sweep(entries: readonly JournalEntry[], removers?: Readonly<Record<string, Remover>>): Promise<void>
}

/** Looks for the programs of the host; changes nothing. Resolves to a sentence where it is not possible. `empty`: after the last node. */
export async function openGround(
  context: SubstrateContext,
  empty: (journal: Journal) => Promise<void>,
): Promise<Ground | string> {
  const { host, facts, run, settings } = context
  if (!hasProcessTable(facts.os)) {
    return `processes need Linux or FreeBSD, this host is ${facts.os}; use --host ssh://user@host`
  }
  const missing = await missingPrograms(host, facts.os)
  if (missing.length > 0) {
    return `processes are watched with ${missing.join(', ')} of the base system, missing here or not on PATH`
  }
  const table = processTable(host, facts.os)
  // A sweep will need this, so it is checked before anything is made.
  const blind = await table.sees?.().then(() => undefined, asBenchError)
  if (blind?.code === 'unavailable') return [blind.message, blind.hint].filter(Boolean).join('; ')
  if (blind !== undefined) throw blind
  const usage = usageReader(table)
  const questions = together(host)
  const [pin, noDisk, slow] = await Promise.all([
    findPin(questions, facts.os),
    whyNoDisk(questions, facts.os),
    slowLimits(questions, facts.os),
  ])
  const limits = noDisk ?? slow
  const root = runRoot(context, empty)
  const obtain = obtaining(context)
  let found: Promise<NodeProgram> | undefined
  const node = (): Promise<NodeProgram> => (found ??= findNode(host, settings['node']))
  return {
    capabilities: new Set<Capability>([
      'pause',
      'usage',
      ...(pin === undefined ? [] : (['cpus'] as const)),
      ...(noDisk === undefined ? (['disk', 'hang', 'crash'] as const) : []),
      ...(typeof limits === 'string' ? [] : (['slow'] as const)),
    ]),
    lacks: new Map<Capability, string>([
      ...(noDisk === undefined ? [] : (['disk', 'hang', 'crash'] as const).map((each) => [each, noDisk] as const)),
      ...(typeof limits === 'string' ? [['slow', limits] as const] : []),
    ]),
    table,
    node,
    async create(plan, journal, make = () => Promise.resolve({})) {
      const program = await node()
      const bind = await bindingOf(host, plan, pin)
      let spot: Spot = {}
      try {
        await root.enter(journal)
        spot = await make()
        const directory = `${context.directory}/nodes/${plan.name}`
        const entry = await madeFolder(context, directory, journal)
        const disk = await diskOf(context, plan, directory, journal, typeof limits === 'string' ? {} : { limits })
        const prefix = [...(spot.prefix ?? []), ...bind]
        const left = async () => {
          await spot.left?.()
          await root.leave(journal)
        }
        const { remove: emptied, ...powers } = disk ?? {}
        const parts = { host, table, usage, run, plan, directory, entry, journal, prefix, emptied, left }
        return { ...processNode({ ...parts, node: program.path, server: obtain }), ...spot.network, ...powers }
      } catch (error) {
        await spot.left?.()
        await root.leave(journal)
        throw error
      }
    },
    sweep: (entries, removers) =>
      sweepEntries(
        entries,
        { host, table, run },
        { ...removers, ...diskRemovers },
        { ...slowRemovers, ...frozenRemovers },
      ),
  }
}

/** The disk of a node, where the plan asks for one; it is in a file beside the node's folder. */
async function diskOf(
  { host, run }: SubstrateContext,
  { name, diskBytes: bytes }: NodePlan,
  directory: string,
  journal: Journal,
  more: Pick<DiskRequest, 'limits'>,
): Promise<Disk | undefined> {
  if (bytes === undefined) return undefined
  const path = `${directory}/${storeFolder}`
  return makeDisk({ host, run, node: name, journal, path, image: `${directory}.img`, bytes, ...more })
}

/** Gets each nats-server that is asked for only once. */
function obtaining(context: SubstrateContext): LiveNode['server'] {
  const obtained = new Map<string, ReturnType<LiveNode['server']>>()
  return (choice: ServerChoice) => {
    const key = JSON.stringify([choice.path, choice.version])
    const found = obtained.get(key) ?? obtainServer(choice, context)
    obtained.set(key, found)
    return found
  }
}

/** Writes the folder to the journal and makes it. Throws `cannot-create` where something else is there, and leaves that alone. */
async function madeFolder(
  { host, run }: SubstrateContext,
  path: string,
  journal: Journal,
  ours = false,
): Promise<JournalEntry> {
  const entry = await journal.will('directory', path, { run })
  if ((await makeFolder(host, path, run)) || (ours && (await isOurs(host, path, run)))) return entry
  await journal.gone(entry)
  throw new BenchError('cannot-create', `folder ${path} must be free, got something there`)
}

interface RunRoot {
  enter(journal: Journal): Promise<void>
  leave(journal: Journal): Promise<void>
}

/**
 * The run's own folder: made for the first node, removed after the last one; `empty` is called just before it is removed. Who comes while
 * it is being removed waits for that, and has it made again.
 */
function runRoot(context: SubstrateContext, empty: (journal: Journal) => Promise<void>): RunRoot {
  const { host, directory, run } = context
  let inside = 0
  let made: Promise<JournalEntry> | undefined
  let leaving = Promise.resolve()
  const removed = async (was: Promise<JournalEntry>, journal: Journal) => {
    const entry = await was.catch(() => undefined) // the caller of `enter` got the error
    await empty(journal)
    if (entry === undefined) return
    await removeFolder(host, directory, run)
    await journal.gone(entry)
  }
  return {
    async enter(journal) {
      inside += 1
      await leaving.catch(() => undefined) // the caller of `leave` got the error
      await (made ??= madeFolder(context, directory, journal, true))
    },
    async leave(journal) {
      inside -= 1
      if (inside > 0 || made === undefined) return
      leaving = removed(made, journal)
      made = undefined
      await leaving
    },
  }
}

/** A substrate that cannot be used on this host: it only says why. */
export function elsewhere(name: Substrate['name'], reason: string): Substrate {
  const refuse = (): never => {
    throw new BenchError('unavailable', reason)
  }
  return {
    name,
    capabilities: new Set(),
    unsupported: () => Promise.resolve(reason),
    endpoint: refuse,
    create: () => Promise.resolve().then(refuse),
    sweep: () => Promise.resolve().then(refuse),
    facts: () => Promise.resolve({}),
  }
}
