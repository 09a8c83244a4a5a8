/** Nodes as process groups on the host itself: any machine, no root. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { Journal } from '../model/journal.ts'
import type { Capability, NodePlan, ServerChoice } from '../model/plan.ts'
import { hasProcessTable, missingPrograms, processTable } from '../host/processes.ts'
import { obtainServer } from '../server/obtain.ts'
import type { Obtained } from '../server/obtain.ts'
import { isOurs, makeFolder, removeFolder } from './process-folder.ts'
import { processNode } from './process-node.ts'
import { checkBase, checkFree, claimBase, endpointAt, findBase, type Claim } from './process-ports.ts'
import { sweepEntries } from './process-sweep.ts'
import { findNode, findPin } from './process-tools.ts'
import { usageReader } from './process-usage.ts'
import type { Substrate, SubstrateContext } from './substrate.ts'

/** Asks the host for its free ports and programs; changes nothing. `settings.portBase` fixes the ports, `settings.node` the Node.js there. */
export async function processSubstrate(context: SubstrateContext): Promise<Substrate> {
  const { host, facts, run, settings } = context
  if (!hasProcessTable(facts.os)) {
    return elsewhere(`processes need Linux or FreeBSD, this host is ${facts.os}; use --host ssh://user@host`)
  }
  const missing = await missingPrograms(host, facts.os)
  if (missing.length > 0) {
    return elsewhere(`processes are watched with ${missing.join(', ')} of the base system, missing here or not on PATH`)
  }
  const table = processTable(host, facts.os)
  // What a sweep will need; asked now, for then it would be too late.
  const blind = await table.sees?.().then(() => undefined, asBenchError)
  if (blind?.code === 'unavailable') return elsewhere([blind.message, blind.hint].filter(Boolean).join('; '))
  if (blind !== undefined) throw blind
  const usage = usageReader(table)
  const ports = shared(() => table.ports())
  const pin = await findPin(host, facts.os)
  const { base, release } = await chooseBase(context, await table.ports())
  const root = runRoot(context, release)
  const obtained = new Map<string, Promise<Obtained>>()
  const obtain = (choice: ServerChoice): Promise<Obtained> => {
    const key = JSON.stringify([choice.path, choice.version])
    const found = obtained.get(key) ?? obtainServer(choice, { host, facts, env: context.env, say: context.say })
    obtained.set(key, found)
    return found
  }
  let node: ReturnType<typeof findNode> | undefined
  const findOnce = (): ReturnType<typeof findNode> => (node ??= findNode(host, settings['node']))
  const capabilities: readonly Capability[] = pin === undefined ? ['pause', 'usage'] : ['pause', 'usage', 'cpus']
  return {
    name: 'process',
    capabilities: new Set(capabilities),
    unsupported: () => Promise.resolve(undefined),
    endpoint: (index) => endpointAt(base, index),
    async create(plan, journal, signal) {
      signal.throwIfAborted()
      const program = await findOnce()
      const bind = binding(plan, pin)
      checkFree(plan.name, plan.endpoint, await ports())
      try {
        await root.enter(journal)
        const directory = `${context.directory}/nodes/${plan.name}`
        const entry = await journal.will('directory', directory, { run })
        if (!(await makeFolder(host, directory, run))) {
          await journal.gone(entry)
          throw new BenchError('cannot-create', `folder ${directory} must be free, got something there`)
        }
        const parts = {
          host,
          table,
          usage,
          run,
          plan,
          directory,
          entry,
          journal,
          node: program.path,
          pin: bind,
          obtain,
        }
        return processNode({ ...parts, left: () => root.leave() })
      } catch (error) {
        await root.leave()
        throw error
      }
    },
    sweep: (entries) => sweepEntries(entries, { host, table, run }),
    facts: async () => ({ ports: `from ${base}`, node: (await findOnce()).version }),
  }
}

interface RunRoot {
  enter(journal: Journal): Promise<void>
  leave(): Promise<void>
}

async function chooseBase({ host, facts, tag, settings }: SubstrateContext, used: ReadonlySet<number>): Promise<Claim> {
  const unclaimed = (base: number): Claim => ({ base, release: () => undefined })
  if (settings['portBase'] !== undefined) return unclaimed(checkBase(settings['portBase']))
  return host.name === 'local' ? claimBase(facts.os, tag, used) : unclaimed(findBase(facts.os, tag, used))
}

/** The run's own folder: made for the first node, removed after the last; `left` is told then. */
function runRoot({ host, directory, run }: SubstrateContext, left: () => void): RunRoot {
  let inside = 0
  let made: Promise<(() => Promise<void>) | undefined> | undefined
  const make = async (journal: Journal): Promise<(() => Promise<void>) | undefined> => {
    const entry = await journal.will('directory', directory, { run })
    if ((await makeFolder(host, directory, run)) || (await isOurs(host, directory, run))) {
      return async () => {
        await removeFolder(host, directory, run)
        await journal.gone(entry)
      }
    }
    await journal.gone(entry)
    throw new BenchError('cannot-create', `folder ${directory} must be free, got something there`)
  }
  return {
    async enter(journal) {
      inside += 1
      await (made ??= make(journal))
    },
    async leave() {
      inside -= 1
      if (inside > 0 || made === undefined) return
      const remove = await made.catch(() => undefined) // whoever entered has the failure
      made = undefined
      left()
      await remove?.()
    },
  }
}

/** Those who ask at the same time share one answer. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () =>
    (asked ??= ask().finally(() => {
      asked = undefined
    }))
}

function binding(plan: NodePlan, pin: ((cpus: readonly number[]) => readonly string[]) | undefined): readonly string[] {
  if (plan.cpus === undefined) return []
  if (pin === undefined) {
    throw new BenchError('unavailable', `node ${plan.name} must be bound to CPUs, got a host without taskset or cpuset`)
  }
  return pin(plan.cpus)
}

/** For systems whose process table we cannot read: only says so. */
function elsewhere(reason: string): Substrate {
  const refuse = (): never => {
    throw new BenchError('unavailable', reason)
  }
  return {
    name: 'process',
    capabilities: new Set(),
    unsupported: () => Promise.resolve(reason),
    endpoint: refuse,
    create: () => Promise.resolve().then(refuse),
    sweep: () => Promise.resolve().then(refuse),
    facts: () => Promise.resolve({}),
  }
}
