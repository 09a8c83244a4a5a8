/** A place of the host's own: a folder, and the process groups started in it, each behind the same words. */
import { basename } from 'node:path/posix'
import type { Child, Host } from '../host/host.ts'
import type { ProcessTable } from '../host/processes.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import { stopping } from './paused.ts'
import { nodeAt, type Place } from './place.ts'
import { removeFolder } from './process-folder.ts'
import { entryVariable, runVariable, signalAll, sweepEntries } from './process-sweep.ts'
import type { Account, UsageReader } from './process-usage.ts'
import type { LiveNode, Pausable } from './substrate.ts'

export interface NodeParts extends Pick<Place, 'node' | 'server'> {
  readonly host: Host
  readonly table: ProcessTable
  readonly usage: UsageReader
  readonly run: string
  readonly plan: NodePlan
  readonly directory: string
  /** Of the directory, already made. */
  readonly entry: JournalEntry
  readonly journal: Journal
  /** Stands before every command and becomes it: into a network namespace, bound to CPUs; empty for neither. */
  readonly prefix: readonly string[]
  /** After all programs are gone, before the folder goes. */
  readonly emptied: (() => Promise<void>) | undefined
  /** After all programs and the folder are gone. */
  readonly left: () => Promise<void>
}

export function processNode(parts: NodeParts): LiveNode & Pausable {
  const { host, table, journal, run, plan, directory } = parts
  /** Everything that was ever started here: an ended program may have left others behind, so all are looked for at the end. */
  const entries: JournalEntry[] = []
  const programs = new Set<Child>()
  /** Of every program, also of those that have ended. */
  const accounts = new Map<Child, Account>()
  let removing = false
  const running = (): readonly Account[] => [...programs].flatMap((child) => accounts.get(child) ?? [])
  const groups = (): readonly number[] => running().map(({ group }) => group)

  return nodeAt({
    name: plan.name,
    host: host.name,
    directory,
    node: parts.node,
    server: parts.server,
    write: (files, where) => host.put(files, where),
    /** Journalled before it exists; its environment carries run and entry, so that it is found even without its pid. */
    async start(command, options) {
      const entry = await journal.will('process', `${plan.name}/${basename(command[0] ?? '')}`, { run })
      entries.push(entry)
      const env = { ...options.env, [runVariable]: run, [entryVariable]: String(entry.id) }
      const child = await host.spawn([...parts.prefix, ...command], { env, cwd: options.cwd })
      programs.add(child)
      if (child.pid !== undefined) accounts.set(child, { group: child.pid, seen: new Map() })
      void child.exit.then(() => programs.delete(child))
      const { pid } = child
      const start = pid === undefined || removing ? undefined : (await table.starts([pid])).get(pid)
      // Without a start time it has ended already, or is about to be.
      if (pid !== undefined && start !== undefined) {
        await journal.did(entry, { pid, start })
        entries[entries.indexOf(entry)] = { ...entry, detail: { ...entry.detail, pid, start } }
      }
      return child
    },
    usage: () => parts.usage.read(running(), [...accounts.values()]),
    // By a command, not by `child.signal`: over ssh that would still be on its way when this resolves.
    ...stopping(plan.name, async (name) => {
      await signalAll(
        host,
        name,
        groups().map((group) => -group),
      )
      return name === 'STOP' ? table.states(groups()) : []
    }),
    async remove() {
      removing = true
      // What could not be stopped here is ended below, or named there; what left its group is found by its mark.
      await Promise.allSettled([...programs].map((child) => child.stop()))
      await sweepEntries(entries, { host, table, run })
      for (const entry of entries) await journal.gone(entry)
      await parts.emptied?.()
      await removeFolder(host, directory, run)
      await journal.gone(parts.entry)
      await parts.left()
    },
  })
}
