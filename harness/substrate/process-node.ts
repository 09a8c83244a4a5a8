/** A node that is a folder and the process groups started in it. */
import { basename } from 'node:path/posix'
import { BenchError, asBenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import type { Child, Host } from '../host/host.ts'
import type { ProcessSample, ProcessTable } from '../host/processes.ts'
import type { Obtained } from '../server/obtain.ts'
import type { ServerChoice } from '../model/plan.ts'
import type { UsageReader } from './process-usage.ts'
import { removeFolder } from './process-folder.ts'
import { entryVariable, runVariable, signalAll, sweepEntries } from './process-sweep.ts'
import type { LiveNode, Pausable } from './substrate.ts'

export interface NodeParts {
  readonly host: Host
  readonly table: ProcessTable
  readonly usage: UsageReader
  readonly run: string
  readonly plan: NodePlan
  readonly directory: string
  /** Of the directory, already made. */
  readonly entry: JournalEntry
  readonly journal: Journal
  /** Node.js program on the host. */
  readonly node: string
  /** Program and arguments that bind what follows to CPUs; empty for all CPUs. */
  readonly pin: readonly string[]
  readonly obtain: (choice: ServerChoice) => Promise<Obtained>
  /** After everything of the node is gone. */
  readonly left: () => Promise<void>
}

interface Program {
  readonly child: Child
  readonly entry: JournalEntry
  /** Settles when it has ended and the journal says so. */
  readonly closed: Promise<void>
}

export function processNode(parts: NodeParts): LiveNode & Pausable {
  const { host, journal, run, plan, directory } = parts
  const programs = new Set<Program>()
  const groups = new Set<number>()
  const seen = new Map<number, ProcessSample>()
  let destroyed = false

  /** Process groups, as kill(1) names them. */
  const running = (): readonly number[] =>
    [...programs].flatMap(({ child }) => (child.pid === undefined ? [] : [-child.pid]))

  /** Journalled before it exists; its environment carries run and entry, so that it is found even without its pid. */
  const spawn: LiveNode['spawn'] = async (command, options = {}) => {
    if (destroyed) throw new BenchError('bug', `node ${plan.name} must exist, got one that was destroyed`)
    const entry = await journal.will('process', `${plan.name}/${basename(command[0] ?? '')}`, { run })
    const env = { ...options.env, [runVariable]: run, [entryVariable]: String(entry.id) }
    let child: Child
    try {
      child = await host.spawn([...parts.pin, ...command], { env, cwd: options.cwd ?? directory })
    } catch (error) {
      await journal.gone(entry)
      throw error
    }
    const program: Program = { child, entry, closed: child.exit.then(() => journal.gone(entry)) }
    programs.add(program)
    // `destroy` waits for it and throws its failure.
    program.closed.then(
      () => programs.delete(program),
      () => undefined,
    )
    const { pid } = child
    if (pid !== undefined) {
      groups.add(pid)
      const start = (await parts.table.starts([pid])).get(pid)
      // Without a start time it has ended already.
      if (start !== undefined) await journal.did(entry, { pid, start })
    }
    return child
  }

  return {
    name: plan.name,
    directory,
    node: parts.node,
    put: (files, place) => {
      if (place !== directory && !place.startsWith(`${directory}/`)) {
        throw new BenchError('bug', `files of node ${plan.name} must lie below ${directory}, got ${place}`)
      }
      return host.put(files, place)
    },
    spawn,
    async server(choice) {
      const { path, version, origin, goVersion, sha256 } = await parts.obtain(choice)
      return {
        path,
        version,
        origin,
        ...(goVersion === undefined ? {} : { goVersion }),
        ...(sha256 === undefined ? {} : { sha256 }),
      }
    },
    usage: () => parts.usage.read([...groups], seen),
    // By a command, not by `child.signal`: over ssh that would still be on its way when this resolves.
    pause: () => signalAll(host, 'STOP', running()),
    resume: () => signalAll(host, 'CONT', running()),
    async destroy() {
      if (destroyed) return
      destroyed = true
      const last = [...programs]
      const stops = await Promise.allSettled(last.map(({ child, closed }) => child.stop().then(() => closed)))
      const entries = last.map(({ entry }) => entry)
      // What left its group is found by its mark. Also tries what could not be stopped above.
      await sweepEntries(entries, { host, table: parts.table, run })
      await removeFolder(host, directory, run)
      await journal.gone(parts.entry)
      await parts.left()
      const failed = stops.find((stop) => stop.status === 'rejected')
      if (failed !== undefined) throw asBenchError(failed.reason)
    },
  }
}
