/** The process table of FreeBSD: ps(1), procstat(1), pgrep(1), sockstat(1). */
import { BenchError } from '../model/error.ts'
import type { ProcessSample, ProcessTable } from './processes.ts'
import type { Host } from './host.ts'

export function freebsdProcesses(host: Pick<Host, 'run'>): ProcessTable {
  // Start times are compared by whoever sweeps later, perhaps with another language or time zone: sudo, cron, ssh.
  const env = { LC_ALL: 'C', TZ: 'UTC' }
  /** 1 is "none of them", for ps, pgrep and procstat alike. */
  const ask = async (...command: readonly string[]): Promise<string> =>
    (await host.run(command, { accept: [0, 1], timeoutMs: 20_000, env })).stdout
  return {
    resolutionMicros: 1,
    async starts(pids) {
      if (pids.length === 0) return new Map()
      return parseStarts(await ask('ps', ...columns('pid', 'state', 'lstart'), '-p', pids.join(',')))
    },
    carrying: async (variable) =>
      parseEnvironments(await ask('procstat', '--libxo', 'json', '-a', 'environment'), variable),
    async states(groups) {
      const rows = (await ask('ps', '-axH', ...columns('pgid', 'state'))).matchAll(/^\s*(\d+)\s+(\S+)\s*$/gm)
      return [...rows].flatMap(([, group, state = '']) => (groups.includes(Number(group)) ? [state] : []))
    },
    async sample(groups) {
      if (groups.length === 0) return []
      const members = parseMembers(await ask('ps', '-ax', ...columns('pid', 'pgid', 'rss')), groups)
      if (members.length === 0) return []
      const pids = members.map(({ pid }) => String(pid))
      return parseRusage(await ask('procstat', '--libxo', 'json', 'rusage', ...pids), members)
    },
    ports: async () => parseSockets(await ask('sockstat', '-46', '-P', 'tcp')),
  }
}

/** Without headers. One -o each: FreeBSD's ps takes all that follows a `=` for the text of that header, commas too. */
function columns(...keywords: readonly string[]): readonly string[] {
  return keywords.flatMap((keyword) => ['-o', `${keyword}=`])
}

/** ` 1234 Is   Tue Nov 24 06:15:00 2026`; state Z is a zombie. */
export function parseStarts(text: string): ReadonlyMap<number, string> {
  const rows = [...text.matchAll(/^\s*(\d+)\s+(\S+)\s+(\S.*?)\s*$/gm)]
  return new Map(
    rows.filter(([, , state = '']) => !state.startsWith('Z')).map(([, pid, , start = '']) => [Number(pid), start]),
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

/** `{"procstat": {"rusage": {"123": {"process_id": 123, "user time": "00:00:00.023815", ...}}}}` */
export function parseRusage(text: string, members: readonly Member[]): readonly ProcessSample[] {
  const rows = objectsWithPid(parseJson(text, 'procstat rusage'))
  return members.flatMap(({ pid, group, memoryBytes }) => {
    const row = rows.get(pid)
    if (row === undefined) return [] // it ended between the two questions
    return [
      {
        pid,
        group,
        memoryBytes,
        cpuUserMicros: clockMicros(row['user time']),
        cpuSystemMicros: clockMicros(row['system time']),
        switchesVoluntary: Number(row['voluntary context switches'] ?? 0),
        switchesInvoluntary: Number(row['involuntary context switches'] ?? 0),
      },
    ]
  })
}

/** `[N day[s] ]hh:mm:ss.uuuuuu`, as procstat_rusage.c prints it → microseconds. */
export function clockMicros(text: unknown): number {
  const match = /^(?:(\d+) days? )?(\d+):(\d+):(\d+)\.(\d{6})/.exec(typeof text === 'string' ? text : '')
  if (match === null) throw new BenchError('os', `procstat must print times as hh:mm:ss.uuuuuu, got ${String(text)}`)
  const [days = 0, hours = 0, minutes = 0, seconds = 0, micros = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000_000 + micros
}

/** Whatever the nesting: every text below an object that names a process is one variable of its environment. */
export function parseEnvironments(text: string, variable: string): ReadonlyMap<number, readonly string[]> {
  const found = [...objectsWithPid(parseJson(text, 'procstat environment'))].map(
    ([pid, row]) =>
      [
        pid,
        Object.values(row)
          .flat(2)
          .filter((value) => typeof value === 'string'),
      ] as const,
  )
  return new Map(found.filter(([, environment]) => environment.includes(variable)))
}

/** Sixth column of sockstat: `127.0.0.1:4222`, `*:22`, `[::1]:22`. */
export function parseSockets(text: string): ReadonlySet<number> {
  const ports = text.split('\n').map((line) => /:(\d+)$/.exec(line.trim().split(/\s+/)[5] ?? '')?.[1])
  return new Set(ports.filter((port) => port !== undefined).map(Number))
}

function parseJson(text: string, what: string): unknown {
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BenchError('os', `${what} must print JSON, got ${JSON.stringify(text.slice(0, 60))}`, { cause: error })
  }
}

function objectsWithPid(value: unknown): Map<number, Readonly<Record<string, unknown>>> {
  const found = new Map<number, Readonly<Record<string, unknown>>>()
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const row = node as Readonly<Record<string, unknown>>
    const pid = Number(row['process_id'] ?? NaN)
    if (Number.isInteger(pid)) found.set(pid, row)
    else Object.values(row).forEach(walk)
  }
  walk(value)
  return found
}
