/**
 * CPU sets and memory limits, set by cpuset and rctl directly: `bastille limits` restarts the jail, keeps old values in its
 * file, and leaves rules behind. Rules stay after a jail is stopped, renamed or destroyed, so each one is in the journal.
 */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Journal, JournalEntry } from '../../model/journal.ts'
import { limitsOf } from './jail.ts'

export interface Limits {
  readonly cpus?: readonly number[]
  readonly memoryBytes?: number
}

/** The limit counts address space, and Go and V8 reserve more than a GiB of it at their start: nats-server needs 1.4 GB to start. */
const leastBytes = 2 * 1024 ** 3

export function refuseSmallLimit(node: string, memoryBytes: number | undefined): void {
  if (memoryBytes === undefined || memoryBytes >= leastBytes) return
  throw new BenchError(
    'unavailable',
    `memory limit of node ${node} must be at least 2GiB in a jail, got ${memoryBytes} bytes`,
    { hint: 'rctl limits address space (vmemoryuse); limits of resident memory do not make allocations fail' },
  )
}

/** Needs a running jail. Programs that are started in it later get the same CPUs. */
export async function applyLimits(
  host: Host,
  name: string,
  limits: Limits,
  journal: Journal,
): Promise<readonly JournalEntry[]> {
  if (limits.cpus !== undefined) {
    await host.run(['cpuset', '-l', limits.cpus.join(','), '-j', name])
    const { stdout } = await host.run(['cpuset', '-g', '-j', name])
    const mask = parseMask(stdout)
    const wanted = [...new Set(limits.cpus)].sort((a, b) => a - b)
    if (mask.join(',') !== wanted.join(',')) {
      throw new BenchError(
        'os',
        `cpu set of jail ${name} must be ${wanted.join(', ')}, got ${mask.join(', ') || 'nothing'}`,
      )
    }
  }
  if (limits.memoryBytes === undefined) return []
  // vmemoryuse, because with it an allocation fails. With memoryuse the process still grows, only slowly.
  const rule = `jail:${name}:vmemoryuse:deny=${limits.memoryBytes}`
  const entry = await journal.will('rctl', rule)
  await host.run(['rctl', '-a', rule])
  const live = await limitsOf(host, name)
  if (!live.some((each) => each === rule || each === `${rule}/jail`)) {
    throw new BenchError('os', `limit ${rule} must be in force, it is not`, {
      hint: 'rctl needs kern.racct.enable=1 in /boot/loader.conf and a reboot',
    })
  }
  return [entry]
}

/** Removes every rule of exactly this jail. */
export async function removeLimits(host: Host, name: string): Promise<void> {
  const rules = await limitsOf(host, name)
  if (rules.length === 0) return
  for (const rule of rules) await host.run(['rctl', '-r', rule])
  const left = await limitsOf(host, name)
  if (left.length > 0) throw new BenchError('os', `limits of jail ${name} must be gone, ${left.join(' ')} are not`)
}

/** Reads `jail 2 mask: 0, 1`, also with ranges, which some versions print. */
export function parseMask(text: string): readonly number[] {
  const list = /^jail \d+ mask: (.*)$/m.exec(text)?.[1] ?? ''
  return list.split(',').flatMap((part) => {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part)
    if (match === null) return []
    const from = Number(match[1])
    return Array.from({ length: Number(match[2] ?? from) - from + 1 }, (_, step) => from + step)
  })
}
