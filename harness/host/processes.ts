/** The process table of a host: who is who, what they used. Asked by commands, so it is the same over ssh. */
import { BenchError } from '../model/error.ts'
import { freebsdProcesses } from './processes-freebsd.ts'
import { linuxProcesses } from './processes-linux.ts'
import type { Host } from './host.ts'
import type { ProcessCost } from './process-cost.ts'

/** One process of a group, now. */
export interface ProcessSample extends ProcessCost {
  readonly pid: number
  /** Process group: the pid of the program that was spawned. */
  readonly group: number
  readonly memoryBytes: number
}

export interface ProcessTable {
  /** When each living process began, for `sameStart`; zombies and strangers are left out. */
  starts(pids: readonly number[]): Promise<ReadonlyMap<number, string>>
  /** Processes whose environment holds exactly `NAME=value`, with that environment. Only those we may look into. */
  carrying(variable: string): Promise<ReadonlyMap<number, readonly string[]>>
  /** State of each thread of these groups, in the letters of ps(1): T is stopped, Z a zombie. */
  states(groups: readonly number[]): Promise<readonly string[]>
  /** All processes of these groups. */
  sample(groups: readonly number[]): Promise<readonly ProcessSample[]>
  /** Local TCP ports in use, by listeners and connections. */
  ports(): Promise<ReadonlySet<number>>
  /** Throws what `carrying` would; only of a system that may hide environments, even our own. */
  sees?(): Promise<void>
}

const tables: Readonly<Record<string, (host: Pick<Host, 'run'>) => ProcessTable>> = {
  Linux: linuxProcesses,
  FreeBSD: freebsdProcesses,
}

/** `os` as `uname -s` says. Throws `unavailable` for others. */
export function processTable(host: Pick<Host, 'run'>, os: string): ProcessTable {
  const make = tables[os]
  if (make === undefined) {
    throw new BenchError('unavailable', `operating system must be ${Object.keys(tables).join(' or ')}, got ${os}`, {
      hint: 'use --host ssh://user@host with a machine that runs one of them',
    })
  }
  return make(host)
}

/** Base programs that a table asks; those of Linux read /proc with the shell alone. */
const programs: Readonly<Record<string, readonly string[]>> = { FreeBSD: ['ps', 'procstat', 'sockstat'] }

/** Which of them this host lacks: a FreeBSD made of base packages need not have all. */
export async function missingPrograms(host: Pick<Host, 'run'>, os: string): Promise<readonly string[]> {
  const wanted = programs[os] ?? []
  if (wanted.length === 0) return []
  const script = 'for name; do command -v "$name" >/dev/null 2>&1 || echo "$name"; done'
  const { stdout } = await host.run(['sh', '-c', script, 'sh', ...wanted], { timeoutMs: 20_000 })
  return stdout.split('\n').filter((name) => name !== '')
}

export function hasProcessTable(os: string): boolean {
  return os in tables
}
