/** procstat(1) of FreeBSD through libxo: JSON with an object a process, somewhere below. */
import { BenchError } from '../model/error.ts'
import type { Host } from './host.ts'
import type { ProcessCost } from './process-cost.ts'

type Row = Readonly<Record<string, unknown>>

/** Looks at processes that begin and end all the time, before what was seen last is taken. */
const mostLooks = 4

export interface Look<T> {
  readonly members: readonly T[]
  /** What `procstat --libxo json rusage` printed for them, and its status. */
  readonly told: string
  readonly status: number
}

/**
 * The processes of a look with their costs. procstat stops at the first pid that has ended since (procstat.c), without a word on those
 * after it, so then it is looked again.
 */
export async function costsIn<T extends { readonly pid: number }>(
  look: () => Promise<Look<T>>,
): Promise<readonly (T & ProcessCost)[]> {
  for (let looks = 1; ; looks++) {
    const { members, told, status } = await look()
    if (members.length === 0) return []
    if (status !== 0 && looks < mostLooks) continue
    const costs = parseRusage(told)
    return members.flatMap((member) => {
      const cost = costs.get(member.pid)
      return cost === undefined ? [] : [{ ...member, ...cost }]
    })
  }
}

/** The processes that `list` finds, with their costs. */
export async function costsOf<T extends { readonly pid: number }>(
  host: Pick<Host, 'run'>,
  list: () => Promise<readonly T[]>,
): Promise<readonly (T & ProcessCost)[]> {
  return costsIn(async () => {
    const members = await list()
    if (members.length === 0) return { members, told: '', status: 0 }
    const command = ['procstat', '--libxo', 'json', 'rusage', ...members.map(({ pid }) => String(pid))]
    const { status, stdout } = await host.run(command, { accept: [0, 1], timeoutMs: 20_000 })
    return { members, told: stdout, status }
  })
}

/** `{"procstat": {"rusage": {"123": {"process_id": 123, "user time": "00:00:00.023815", ...}}}}` */
export function parseRusage(text: string): ReadonlyMap<number, ProcessCost> {
  const rows = [...parseProcstat(text, 'rusage')]
  return new Map(
    rows.map(([pid, row]) => [
      pid,
      {
        cpuUserMicros: clockMicros(row['user time']),
        cpuSystemMicros: clockMicros(row['system time']),
        switchesVoluntary: Number(row['voluntary context switches'] ?? 0),
        switchesInvoluntary: Number(row['involuntary context switches'] ?? 0),
      },
    ]),
  )
}

/** `[N day[s] ]hh:mm:ss.uuuuuu`, as procstat_rusage.c prints it → microseconds. */
export function clockMicros(text: unknown): number {
  const match = /^(?:(\d+) days? )?(\d+):(\d+):(\d+)\.(\d{6})/.exec(typeof text === 'string' ? text : '')
  if (match === null) {
    throw new BenchError('os', `procstat must print times as hh:mm:ss.uuuuuu, got ${JSON.stringify(text)}`)
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0, micros = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000_000 + micros
}

/** Objects by their pid, whatever lies around them. Throws `os` on what is no JSON. */
export function parseProcstat(text: string, what: string): ReadonlyMap<number, Row> {
  const found = new Map<number, Row>()
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const row = node as Row
    const pid = Number(row['process_id'] ?? NaN)
    if (Number.isInteger(pid)) found.set(pid, row)
    else Object.values(row).forEach(walk)
  }
  walk(parseJson(text, what))
  return found
}

function parseJson(text: string, what: string): unknown {
  if (text.trim() === '') return {}
  try {
    // Control characters of a text are printed as they are: xo_escape_json of libxo escapes quotes and line ends only.
    return JSON.parse(text.replaceAll(/\p{Cc}/gu, ' '))
  } catch (error) {
    const seen = JSON.stringify(text.slice(0, 60))
    throw new BenchError('os', `procstat ${what} must print JSON, got ${seen}`, { cause: error })
  }
}
