/** Removes what a journal names: processes by pid and start time or by their mark, folders by their mark. */
import { BenchError, asBenchError } from '../model/error.ts'
import type { JournalEntry } from '../model/journal.ts'
import { sameStart } from '../model/process-start.ts'
import type { Host } from '../host/host.ts'
import type { ProcessTable } from '../host/processes.ts'
import { removeFolder } from './process-folder.ts'

/** In the environment of every program that we start, and of every program that it starts. */
export const runVariable = 'BENCH_RUN'
export const entryVariable = 'BENCH_ENTRY'

const goneWithinMs = 5000
const pollMs = 20

export interface SweepTools {
  readonly host: Host
  readonly table: ProcessTable
  /** The run of entries that do not name one. */
  readonly run: string
}

/** Removes what all entries of a kind name. That something is gone already is no error. */
export type Remover = (entries: readonly JournalEntry[], tools: SweepTools) => Promise<void>

/** One after the other. */
export function eachOf(remove: (host: Host, entry: JournalEntry) => Promise<void>): Remover {
  return async (entries, { host }) => {
    for (const entry of entries) await remove(host, entry)
  }
}

const sweepFolders: Remover = async (entries, { host, run }) => {
  // Deepest first: a node's folder lies inside the run's.
  for (const entry of [...entries].sort((a, b) => b.name.length - a.name.length)) {
    await removeFolder(host, entry.name, runOf(entry, run))
  }
}

/**
 * First `first`, which processes could be waiting for; then processes; then `others`, which processes use; then folders. Does all
 * it can, then throws naming what is left.
 */
export async function sweepEntries(
  entries: readonly JournalEntry[],
  tools: SweepTools,
  others: Readonly<Record<string, Remover>> = {},
  first: Readonly<Record<string, Remover>> = {},
): Promise<void> {
  const kinds: Readonly<Record<string, Remover>> = {
    ...first,
    process: sweepProcesses,
    ...others,
    directory: sweepFolders,
  }
  const failures: string[] = entries
    .filter(({ kind }) => kinds[kind] === undefined)
    .map(({ kind, name }) => `${kind} ${name}: not of a kind this substrate makes`)
  for (const [kind, sweep] of Object.entries(kinds)) {
    const mine = entries.filter((entry) => entry.kind === kind)
    if (mine.length === 0) continue
    try {
      await sweep(mine, tools)
    } catch (error) {
      const { message, lines } = asBenchError(error)
      failures.push(message, ...lines)
    }
  }
  if (failures.length > 0) {
    throw new BenchError('os', `everything of run ${tools.run} must be gone, got ${failures.length} leftovers`, {
      lines: failures,
    })
  }
}

async function sweepProcesses(entries: readonly JournalEntry[], tools: SweepTools): Promise<void> {
  const deadline = performance.now() + goneWithinMs
  for (;;) {
    const left = await living(entries, tools)
    if (left.length === 0) return
    if (performance.now() > deadline) {
      throw new BenchError(
        'os',
        `processes ${left.join(', ')} must end within ${goneWithinMs} ms of SIGKILL, got alive`,
      )
    }
    await signalAll(tools.host, 'KILL', left)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** By the shell's own `kill`: small images have no other. That a process has ended already is no error; the caller looks again. */
export async function signalAll(host: Host, name: 'KILL' | 'STOP' | 'CONT', pids: readonly number[]): Promise<void> {
  if (pids.length === 0) return
  const script = 'name=$1; shift; for pid do kill -s "$name" -- "$pid" 2>/dev/null; done; :'
  await host.run(['sh', '-c', script, 'sh', name, ...pids.map(String)])
}

/**
 * Processes that are surely ours: those with pid and start time as in the journal, and those with run and entry in their
 * environment. The second way finds what was started just before the runner was killed, and what left its process group.
 */
async function living(entries: readonly JournalEntry[], { table, run }: SweepTools): Promise<readonly number[]> {
  const known = entries.flatMap(({ detail }) =>
    typeof detail['pid'] === 'number' && typeof detail['start'] === 'string'
      ? [{ pid: detail['pid'], start: detail['start'] }]
      : [],
  )
  const starts = await table.starts(known.map(({ pid }) => pid))
  const pids = new Set(known.filter(({ pid, start }) => sameStart(starts.get(pid), start)).map(({ pid }) => pid))
  for (const owner of new Set(entries.map((entry) => runOf(entry, run)))) {
    const marks = new Set(
      entries.filter((entry) => runOf(entry, run) === owner).map(({ id }) => `${entryVariable}=${id}`),
    )
    for (const [pid, environment] of await table.carrying(`${runVariable}=${owner}`)) {
      if (environment.some((variable) => marks.has(variable))) pids.add(pid)
    }
  }
  return [...pids]
}

function runOf(entry: JournalEntry, fallback: string): string {
  return String(entry.detail['run'] ?? fallback)
}
