/** The process table of Linux: proc(5). */
import type { ProcessSample, ProcessTable } from './processes.ts'
import type { Host } from './host.ts'

/** USER_HZ, in which proc(5) gives times, is 100 on every Linux that Node.js runs on. */
const tickMicros = 10_000

/** Constant scripts; what varies comes as arguments. Processes that end in between are no failure. */
const scripts = {
  // with its stderr, on which a shell says that it may start no more processes
  stats: 'for p do cat "/proc/$p/stat"; done; :',
  carrying: 'grep -lF -e "$1" /proc/[0-9]*/environ 2>/dev/null; :',
  environment: 'tr "\\000" "\\n" <"/proc/$1/environ" 2>/dev/null; :',
  sample: 'cat /proc/[0-9]*/stat; for p do cat /proc/"$p"/task/[0-9]*/status; done; :',
  threads: 'cat /proc/[0-9]*/task/[0-9]*/stat 2>/dev/null; :',
  ports: 'cat /proc/net/tcp /proc/net/tcp6 2>/dev/null; :',
} as const

export function linuxProcesses(host: Pick<Host, 'run'>): ProcessTable {
  const ask = async (script: keyof typeof scripts, ...args: readonly (string | number)[]): Promise<string> =>
    (await host.run(['sh', '-c', scripts[script], 'sh', ...args.map(String)], { timeoutMs: 20_000 })).stdout
  /** Members of groups seen before: their threads are read in the same turn. */
  let members: readonly number[] = []
  return {
    async starts(pids) {
      if (pids.length === 0) return new Map()
      const living = parseStats(await ask('stats', ...pids)).filter(({ state }) => state !== 'Z' && state !== 'X')
      return new Map(living.map(({ pid, start }) => [pid, start]))
    },
    async carrying(variable) {
      const found = [...(await ask('carrying', variable)).matchAll(/^\/proc\/(\d+)\/environ$/gm)]
      const all = await Promise.all(
        found.map(async ([, pid = '']) => [Number(pid), (await ask('environment', pid)).split('\n')] as const),
      )
      return new Map(all.filter(([, environment]) => environment.includes(variable)))
    },
    async states(groups) {
      const threads = parseStats(await ask('threads'))
      return threads.filter(({ group }) => groups.includes(group)).map(({ state }) => state)
    },
    async sample(groups) {
      const text = await ask('sample', ...new Set([...groups, ...members]))
      const samples = parseSamples(text, groups)
      members = samples.map(({ pid }) => pid)
      return samples
    },
    ports: async () => parsePorts(await ask('ports')),
  }
}

export interface ProcessStat {
  readonly pid: number
  readonly state: string
  readonly group: number
  readonly cpuUserMicros: number
  readonly cpuSystemMicros: number
  /** Ticks since boot. */
  readonly start: string
}

/** Lines of /proc/PID/stat: the name in parentheses may hold anything, so fields are counted after the last one. */
export function parseStats(text: string): readonly ProcessStat[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(\d+) \((.*)\) ([A-Za-z]) (.+)$/.exec(line)
    if (match === null) return []
    const fields = (match[4] ?? '').split(' ') // [0] is field 4, the parent
    return [
      {
        pid: Number(match[1]),
        state: match[3] ?? '',
        group: Number(fields[1]),
        cpuUserMicros: Number(fields[10]) * tickMicros,
        cpuSystemMicros: Number(fields[11]) * tickMicros,
        start: fields[18] ?? '',
      },
    ]
  })
}

/** Stat lines of everyone and status blocks of the threads of some. */
export function parseSamples(text: string, groups: readonly number[]): readonly ProcessSample[] {
  const wanted = new Set(groups)
  const threads = new Map<number, { memoryBytes: number; voluntary: number; involuntary: number }>()
  for (const block of text.split(/^Name:/m).slice(1)) {
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(block)?.[1] ?? 0)
    const pid = field('Tgid')
    const sum = threads.get(pid) ?? { memoryBytes: 0, voluntary: 0, involuntary: 0 }
    threads.set(pid, {
      memoryBytes: Math.max(sum.memoryBytes, field('VmRSS') * 1024),
      voluntary: sum.voluntary + field('voluntary_ctxt_switches'),
      involuntary: sum.involuntary + field('nonvoluntary_ctxt_switches'),
    })
  }
  return parseStats(text)
    .filter(({ group }) => wanted.has(group))
    .map(({ pid, group, cpuUserMicros, cpuSystemMicros }) => {
      const sum = threads.get(pid)
      return {
        pid,
        group,
        cpuUserMicros,
        cpuSystemMicros,
        memoryBytes: sum?.memoryBytes ?? 0,
        switchesVoluntary: sum?.voluntary ?? 0,
        switchesInvoluntary: sum?.involuntary ?? 0,
      }
    })
}

/** Local ports of /proc/net/tcp and tcp6, but for those in TIME_WAIT (06), which a server may bind again. */
export function parsePorts(text: string): ReadonlySet<number> {
  const rows = [...text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm)]
  return new Set(rows.filter(([, , state]) => state !== '06').map(([, port = '']) => parseInt(port, 16)))
}
