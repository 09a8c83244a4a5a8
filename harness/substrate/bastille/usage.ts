/**
 * CPU, memory and context switches of a whole jail, read from the process table: rctl's cputime counts whole seconds only, and is
 * zero for a jail that does not exist.
 */
import type { Host } from '../../host/host.ts'
import { oneTurn } from '../../host/one-turn.ts'
import type { ProcessCost } from '../../host/process-cost.ts'
import { columns } from '../../host/processes-freebsd.ts'
import { costsIn } from '../../host/procstat.ts'
import { BenchError } from '../../model/error.ts'
import type { Usage } from '../../model/recording.ts'
import { usageOf } from '../process-usage.ts'

interface Resident {
  readonly jail: string
  readonly pid: number
  readonly memoryBytes: number
}
type Cost = Resident & ProcessCost

/**
 * Measures jails of one host, by name. A process that has ended still counts with what it had used when it was last seen. Looks that
 * are asked for together are one look: two calls in place of two for each jail, which over ssh to a slow board took seconds of the
 * measured window.
 */
export function jailMeters(host: Host): (name: string) => () => Promise<Usage> {
  const shared = oneTurn((names: readonly string[]) => costsOfJails(host, names))
  const costsHere = async (name: string): Promise<readonly Cost[]> => {
    const found = (await shared(name)).filter(({ jail }) => jail === name)
    // ps tells of no jail where one of them is not there; asked alone, each that is there is told of.
    return found.length > 0 ? found : costsOfJails(host, [name])
  }
  return (name) => {
    const seen = new Map<number, Cost>()
    return async () => {
      const now = await costsHere(name)
      if (now.length === 0) throw new BenchError('os', `jail ${name} must be running to be measured, it is not`)
      for (const cost of now) seen.set(cost.pid, cost)
      return usageOf([...seen.values()], now)
    }
  }
}

/** $1: names of jails; $2: how many columns, the pid first; then those of ps. Its lines, and what procstat tells of their processes. */
const script = `
names=$1; width=$2; shift 2
rows=$(ps -J "$names" "$@")
printf '%s\\n' "$rows"
set -f; set -- $rows; pids=
while [ $# -ge "$width" ]; do pids="$pids $1"; shift "$width"; done
[ -z "$pids" ] || exec procstat --libxo json rusage $pids`

function costsOfJails(host: Host, names: readonly string[]): Promise<readonly Cost[]> {
  const [only] = names.length === 1 ? names : []
  const keys = ['pid', 'rss', ...(only === undefined ? ['jail'] : [])]
  const command = ['sh', '-c', script, 'sh', names.join(','), String(keys.length), ...columns(...keys)]
  return costsIn(async () => {
    const { stdout, status } = await host.run(command, { accept: [0, 1], timeoutMs: 20_000 })
    const json = stdout.indexOf('{')
    const [rows, told] = json < 0 ? [stdout, ''] : [stdout.slice(0, json), stdout.slice(json)]
    return { members: parseResidents(rows, only), told, status }
  })
}

/** `ps -o pid= -o rss= [-o jail=]`: process id, KiB, and name where not all are of the same jail. */
export function parseResidents(text: string, only?: string): readonly Resident[] {
  const rows = text.matchAll(only === undefined ? /^\s*(\d+)\s+(\d+)\s+(\S+)\s*$/gm : /^\s*(\d+)\s+(\d+)()\s*$/gm)
  return [...rows].map(([, pid, rss, jail = '']) => ({
    jail: only ?? jail,
    pid: Number(pid),
    memoryBytes: Number(rss) * 1024,
  }))
}
