/**
 * CPU, memory and context switches of a whole jail, read from the process table: rctl's cputime counts whole seconds only, and is
 * zero for a jail that does not exist.
 */
import type { Host } from '../../host/host.ts'
import type { ProcessCost } from '../../host/process-cost.ts'
import { columns } from '../../host/processes-freebsd.ts'
import { costsOf } from '../../host/procstat.ts'
import { BenchError } from '../../model/error.ts'
import type { Usage } from '../../model/recording.ts'
import { usageOf } from '../process-usage.ts'

interface Resident {
  readonly pid: number
  readonly memoryBytes: number
}

/** Measures one jail. A process that has ended still counts with what it had used when it was last seen. */
export function jailMeter(host: Host, name: string): () => Promise<Usage> {
  const seen = new Map<number, ProcessCost>()
  const residents = async (): Promise<readonly Resident[]> => {
    const { status, stdout, stderr } = await host.run(['ps', '-J', name, ...columns('pid', 'rss')], { accept: 'any' })
    const found = parseResidents(stdout)
    if (status === 0 || found.length > 0) return found
    throw new BenchError('os', `jail ${name} must be running to be measured, it is not`, { lines: [stderr.trim()] })
  }
  return async () => {
    const now = await costsOf(host, residents)
    for (const cost of now) seen.set(cost.pid, cost)
    return usageOf([...seen.values()], now)
  }
}

/** `ps -o pid= -o rss=`: process id and KiB. */
export function parseResidents(text: string): readonly Resident[] {
  const rows = [...text.matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)]
  return rows.map(([, pid, rss]) => ({ pid: Number(pid), memoryBytes: Number(rss) * 1024 }))
}
