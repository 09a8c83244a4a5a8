/**
 * CPU, memory and context switches of a whole jail. From the process table, because rctl's cputime counts whole seconds
 * and answers zeros for a jail that is not there.
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Usage } from '../../model/recording.ts'

interface ProcessUse {
  readonly userMicros: number
  readonly systemMicros: number
  readonly voluntary: number
  readonly involuntary: number
}

/** One jail's meter: processes that have ended keep counting with what they had used when last seen. */
export function jailMeter(host: Host, name: string): () => Promise<Usage> {
  const seen = new Map<string, ProcessUse>()
  return async () => {
    const table = await host.run(['ps', '-J', name, '-o', 'pid=', '-o', 'rss='], { accept: 'any' })
    const resident = parseResident(table.stdout)
    if (table.status !== 0 && resident.size === 0) {
      throw new BenchError('os', `jail ${name} must be running to be measured, it is not`, {
        lines: [table.stderr.trim()],
      })
    }
    if (resident.size > 0) {
      // Status 1 when a process ended in between; the others are answered all the same.
      const { stdout } = await host.run(['procstat', '--libxo', 'json', 'rusage', ...resident.keys()], {
        accept: [0, 1],
      })
      for (const [pid, use] of parseRusage(stdout)) seen.set(pid, use)
    }
    const uses = [...seen.values()]
    const sum = (pick: (use: ProcessUse) => number) => uses.reduce((total, use) => total + pick(use), 0)
    return {
      cpuUserMicros: sum((use) => use.userMicros),
      cpuSystemMicros: sum((use) => use.systemMicros),
      memoryBytes: [...resident.values()].reduce((total, bytes) => total + bytes, 0),
      switchesVoluntary: sum((use) => use.voluntary),
      switchesInvoluntary: sum((use) => use.involuntary),
      resolutionMicros: 1,
    }
  }
}

/** `ps -o pid= -o rss=`: process id and KiB → bytes by process id. */
export function parseResident(text: string): ReadonlyMap<string, number> {
  const rows = text.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s*$/.exec(line))
  return new Map(rows.flatMap((row) => (row === null ? [] : [[row[1] ?? '', Number(row[2]) * 1024] as const])))
}

/** `procstat --libxo json rusage`; "user time": "00:00:00.023815". */
export function parseRusage(text: string): ReadonlyMap<string, ProcessUse> {
  if (text.trim() === '') return new Map()
  const document = JSON.parse(text) as { procstat?: { rusage?: Record<string, Record<string, unknown>> } }
  const processes = Object.entries(document.procstat?.rusage ?? {})
  return new Map(
    processes.map(([pid, row]) => [
      pid,
      {
        userMicros: micros(row['user time']),
        systemMicros: micros(row['system time']),
        voluntary: Number(row['voluntary context switches'] ?? 0),
        involuntary: Number(row['involuntary context switches'] ?? 0),
      },
    ]),
  )
}

function micros(clock: unknown): number {
  const match = /^(?:(\d+) days? )?(\d+):(\d+):(\d+)\.(\d{1,6})$/.exec(String(clock))
  if (match === null)
    throw new BenchError('os', `procstat must give times as 00:00:00.000000, got ${JSON.stringify(clock)}`)
  const [days, hours, minutes, seconds] = match.slice(1, 5).map((part) => Number(part ?? 0))
  const whole = ((days ?? 0) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
  return whole * 1e6 + Number((match[5] ?? '').padEnd(6, '0'))
}
