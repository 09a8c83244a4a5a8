/** What substrates of processes share: the host's process table and programs, the run's folder, nodes below it, the sweep. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { Capability, NodePlan, ServerChoice } from '../model/plan.ts'
import { hasProcessTable, missingPrograms, processTable, type ProcessTable } from '../host/processes.ts'
import { obtainServer } from '../server/obtain.ts'
import { storeFolder } from '../model/node-names.ts'
import { diskRemovers, makeDisk, whyNoDisk, type Disk, type DiskRequest } from './disk.ts'
import { frozenRemovers } from './frozen-disk.ts'
import { isOurs, makeFolder, removeFolder } from './process-folder.ts'
import { processNode } from './process-node.ts'
import { sweepEntries, type Remover } from './process-sweep.ts'
import { findNode, findPin, type NodeProgram } from './process-tools.ts'
import { usageReader } from './process-usage.ts'
import { slowLimits, slowRemovers } from './slow-device.ts'
import type { Breakable, LiveNode, Pausable, Substrate, SubstrateContext } from './substrate.ts'

export interface Spot {
  /** Stands before every command of the node. */
  readonly prefix?: readonly string[]
  /** After the node's programs are gone. */
  readonly left?: () => Promise<void>
  /** Where the place has a network of its own. */
  readonly network?: Breakable
}

export interface Ground {
  readonly capabilities: ReadonlySet<Capability>
  /** Why some are not there. */
  readonly lacks: ReadonlyMap<Capability, string>
  readonly table: ProcessTable
  node(): Promise<NodeProgram>
  /** `make` makes what is the substrate's own, once all else is known to be well; it is called inside the run's folder. */
  create(plan: NodePlan, journal: Journal, make?: () => Promise<Spot>): Promise<LiveNode & Pausable>
  /** `removers` are of kinds beside processes and folders, in their order. */
  sweep(entries: readonly JournalEntry[], removers?: Readonly<Record<string, Remover>>): Promise<void>
}

/** Asks the host for its programs; changes nothing. A sentence where it cannot be. `empty` is called after the last node has gone. */
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
  // What a sweep will need; asked now, for then it would be too late.
  const blind = await table.sees?.().then(() => undefined, asBenchError)
  if (blind?.code === 'unavailable') return [blind.message, blind.hint].filter(Boolean).join('; ')
  if (blind !== undefined) throw blind
  const usage = usageReader(table)
  const pin = await findPin(host, facts.os)
  const noDisk = await whyNoDisk(host, facts.os)
  const limits = noDisk ?? (await slowLimits(host))
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
      const bind = binding(plan, pin)
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

/** Where the plan asks for one: in a file beside the node's folder. */
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

/** Each choice is obtained once. */
function obtaining(context: SubstrateContext): LiveNode['server'] {
  const obtained = new Map<string, ReturnType<LiveNode['server']>>()
  return (choice: ServerChoice) => {
    const key = JSON.stringify([choice.path, choice.version])
    const found = obtained.get(key) ?? obtainServer(choice, context)
    obtained.set(key, found)
    return found
  }
}

/** Journalled and made; throws `cannot-create` where something is there that is not `ours`, and leaves that alone. */
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

/** The run's own folder: made for the first node, removed after the last; `empty` is called before that. */
function runRoot(context: SubstrateContext, empty: (journal: Journal) => Promise<void>): RunRoot {
  const { host, directory, run } = context
  let inside = 0
  let made: Promise<JournalEntry> | undefined
  return {
    async enter(journal) {
      inside += 1
      await (made ??= madeFolder(context, directory, journal, true))
    },
    async leave(journal) {
      inside -= 1
      if (inside > 0 || made === undefined) return
      const entry = await made.catch(() => undefined) // whoever entered has the failure
      made = undefined
      await empty(journal)
      if (entry === undefined) return
      await removeFolder(host, directory, run)
      await journal.gone(entry)
    },
  }
}

function binding(plan: NodePlan, pin: ((cpus: readonly number[]) => readonly string[]) | undefined): readonly string[] {
  if (plan.cpus === undefined) return []
  if (pin === undefined) {
    throw new BenchError('unavailable', `node ${plan.name} must be bound to CPUs, got a host without taskset or cpuset`)
  }
  return pin(plan.cpus)
}

/** Where the ground cannot be: only says so. */
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
