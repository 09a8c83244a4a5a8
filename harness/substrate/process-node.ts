/** A node on the host itself: a folder, and the process groups that are started in it, all with the same words before their commands. */
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
  /** Journal entry of the directory, which exists already. */
  readonly entry: JournalEntry
  readonly journal: Journal
  /** Words before every command that end in exec of it: to enter a network namespace or to bind it to CPUs; may be empty. */
  readonly prefix: readonly string[]
  /** Called after all programs have ended, before the folder is removed. */
  readonly emptied: (() => Promise<void>) | undefined
  /** Called after the folder is removed. */
  readonly left: () => Promise<void>
}

export function processNode(parts: NodeParts): LiveNode & Pausable {
  const { host, table, journal, run, plan, directory } = parts
  /** All programs that were ever started here. An ended program may have left others, so all are looked for at the end. */
  const entries: JournalEntry[] = []
  const programs = new Set<Child>()
  /** What each program has used, also those that have ended. */
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
    /** Written to the journal first. The environment names run and journal entry, so that a program is found without its pid. */
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
      // Without a start time it has ended already, or the node is being removed.
      if (pid !== undefined && start !== undefined) {
        await journal.did(entry, { pid, start })
        entries[entries.indexOf(entry)] = { ...entry, detail: { ...entry.detail, pid, start } }
      }
      return child
    },
    usage: () => parts.usage.read(running(), [...accounts.values()]),
    // By a command, not by `child.signal`: over ssh the signal might arrive only after this has resolved.
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
      // A program that does not stop here is ended by the sweep below, or named by it; the sweep also finds those that left their group.
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
