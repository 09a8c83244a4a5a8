/** The process table of FreeBSD: ps(1), procstat(1), pgrep(1), sockstat(1). */
import { BenchError } from '../model/error.ts'
import { costsOf, parseProcstat } from './procstat.ts'
import type { ProcessTable } from './processes.ts'
import type { Host } from './host.ts'

export function freebsdProcesses(host: Pick<Host, 'run'>): ProcessTable {
  // Start times are compared by whoever sweeps later, perhaps with another language or time zone: sudo, cron, ssh.
  const env = { LC_ALL: 'C', TZ: 'UTC' }
  /** 1 is "none of them", for ps, pgrep and procstat alike. */
  const ask = async (...command: readonly string[]): Promise<string> =>
    (await host.run(command, { accept: [0, 1], timeoutMs: 20_000, env })).stdout
  const environments = () => ask('procstat', '--libxo', 'json', '-a', 'environment')
  return {
    sees: async () => void parseEnvironments(await environments(), ''),
    async starts(pids) {
      if (pids.length === 0) return new Map()
      const [rows, boot] = await Promise.all([
        ask('ps', ...columns('pid', 'state', 'lstart'), '-p', pids.join(',')),
        ask('sysctl', '-n', 'kern.boottime'),
      ])
      return parseStarts(rows, boot)
    },
    carrying: async (variable) => parseEnvironments(await environments(), variable),
    async states(groups) {
      const rows = (await ask('ps', '-axH', ...columns('pgid', 'state'))).matchAll(/^\s*(\d+)\s+(\S+)\s*$/gm)
      return [...rows].flatMap(([, group, state = '']) => (groups.includes(Number(group)) ? [state] : []))
    },
    async sample(groups) {
      if (groups.length === 0) return []
      return costsOf(host, async () => parseMembers(await ask('ps', '-ax', ...columns('pid', 'pgid', 'rss')), groups))
    },
    ports: async () => parseSockets(await ask('sockstat', '-46', '-w', '-P', 'tcp')),
  }
}

/** Of ps, without headers. One -o each: FreeBSD takes all that follows a `=` for the text of that header, commas too. */
export function columns(...keywords: readonly string[]): readonly string[] {
  return keywords.flatMap((keyword) => ['-o', `${keyword}=`])
}

/**
 * ` 1234 Is   Tue Nov 24 06:15:00 2026` (UTC); state Z is a zombie. Seconds since the boot, for the kernel adds a process's
 * start to the time of the boot, and moves that when the clock is set: kern_proc.c, `{ sec = 1764000000, usec = 5 } Mon ...`.
 */
export function parseStarts(text: string, bootTime: string): ReadonlyMap<number, string> {
  const boot = Number(/sec = (\d+)/.exec(bootTime)?.[1] ?? 0)
  const rows = [...text.matchAll(/^\s*(\d+)\s+(\S+)\s+(\S.*?)\s*$/gm)]
  return new Map(
    rows
      .filter(([, , state = '']) => !state.startsWith('Z'))
      .map(([, pid, , start = '']) => [Number(pid), String(Date.parse(`${start} UTC`) / 1000 - boot)]),
  )
}

interface Member {
  readonly pid: number
  readonly group: number
  readonly memoryBytes: number
}

export function parseMembers(text: string, groups: readonly number[]): readonly Member[] {
  return [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/gm)]
    .map(([, pid, group, rss]) => ({ pid: Number(pid), group: Number(group), memoryBytes: Number(rss) * 1024 }))
    .filter(({ group }) => groups.includes(group))
}

/**
 * Every text below an object that names a process, but for its command, is one variable of its environment. Throws
 * `unavailable` when there is none at all, not even ours: with security.bsd.unprivileged_proc_debug=0 only root may look, and
 * procstat says nothing of it.
 */
export function parseEnvironments(text: string, variable: string): ReadonlyMap<number, readonly string[]> {
  const found = [...parseProcstat(text, 'environment')].map(
    ([pid, { command: _name, ...row }]) =>
      [
        pid,
        Object.values(row)
          .flat(2)
          .filter((value) => typeof value === 'string'),
      ] as const,
  )
  if (found.every(([, environment]) => environment.length === 0)) {
    throw new BenchError('unavailable', 'environments of processes must be readable, procstat shows none', {
      hint: 'run as root, or "sysctl security.bsd.unprivileged_proc_debug=1"',
    })
  }
  return new Map(found.filter(([, environment]) => environment.includes(variable)))
}

/** Sixth column of sockstat: `127.0.0.1:4222`, `*:22`, `[::1]:22`. */
export function parseSockets(text: string): ReadonlySet<number> {
  const ports = text.split('\n').map((line) => /:(\d+)$/.exec(line.trim().split(/\s+/)[5] ?? '')?.[1])
  return new Set(ports.filter((port) => port !== undefined).map(Number))
}
