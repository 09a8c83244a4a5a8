/** A node that is a folder and the process groups started in it. */
import { basename } from 'node:path/posix'
import { BenchError, asBenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import type { Child, Host } from '../host/host.ts'
import type { ProcessTable } from '../host/processes.ts'
import type { Obtained } from '../server/obtain.ts'
import type { ServerChoice } from '../model/plan.ts'
import type { Account, UsageReader } from './process-usage.ts'
import { untilStopped } from './paused.ts'
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

export function processNode(parts: NodeParts): LiveNode & Pausable {
  const { host, journal, run, plan, directory } = parts
  /** Everything that was ever started here: an ended program may have left others behind, so all are looked for at the end. */
  const entries: JournalEntry[] = []
  const programs = new Set<Child>()
  /** Of every program, also of those that have ended. */
  const accounts = new Map<Child, Account>()
  let destroyed = false

  const running = (): readonly Account[] => [...programs].flatMap((child) => accounts.get(child) ?? [])
  const groups = (): readonly number[] => running().map(({ group }) => group)
  /** Process groups, as kill(1) names them. */
  const targets = (): readonly number[] => groups().map((group) => -group)
  const absent = (): BenchError => new BenchError('bug', `node ${plan.name} must exist, got one that was destroyed`)

  /** Journalled before it exists; its environment carries run and entry, so that it is found even without its pid. */
  const spawn: LiveNode['spawn'] = async (command, options = {}) => {
    if (destroyed) throw absent()
    const entry = await journal.will('process', `${plan.name}/${basename(command[0] ?? '')}`, { run })
    entries.push(entry)
    const env = { ...options.env, [runVariable]: run, [entryVariable]: String(entry.id) }
    const child = await host.spawn([...parts.pin, ...command], { env, cwd: options.cwd ?? directory })
    programs.add(child)
    if (child.pid !== undefined) accounts.set(child, { group: child.pid, seen: new Map() })
    void child.exit.then(() => programs.delete(child))
    if (destroyed) {
      await child.stop(0)
      throw absent()
    }
    const { pid } = child
    const start = pid === undefined ? undefined : (await parts.table.starts([pid])).get(pid)
    // Without a start time it has ended already.
    if (pid !== undefined && start !== undefined) {
      await journal.did(entry, { pid, start })
      entries[entries.indexOf(entry)] = { ...entry, detail: { ...entry.detail, pid, start } }
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
    usage: () => parts.usage.read(running(), [...accounts.values()]),
    // By a command, not by `child.signal`: over ssh that would still be on its way when this resolves.
    pause: async () => {
      await signalAll(host, 'STOP', targets())
      await untilStopped(`node ${plan.name}`, () => parts.table.states(groups()))
    },
    resume: () => signalAll(host, 'CONT', targets()),
    async destroy() {
      if (destroyed) return
      destroyed = true
      const stops = await Promise.allSettled([...programs].map((child) => child.stop()))
      // What left its group is found by its mark; only then are they gone. Also ends what could not be stopped above.
      await sweepEntries(entries, { host, table: parts.table, run })
      for (const entry of entries) await journal.gone(entry)
      await removeFolder(host, directory, run)
      await journal.gone(parts.entry)
      await parts.left()
      const failed = stops.find((stop) => stop.status === 'rejected')
      if (failed !== undefined) throw asBenchError(failed.reason)
    },
  }
}
