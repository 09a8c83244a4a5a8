/** The words that bind a node's programs to its CPUs, tried before anything is made. */
import { BenchError } from '../model/error.ts'
import type { NodePlan } from '../model/plan.ts'
import type { Host } from '../host/host.ts'
import type { Pin } from './process-tools.ts'

/**
 * None where the plan asks for no CPUs. Throws `unavailable` where the host cannot bind to all of them: Linux binds a program to
 * those that are there and says nothing of the others.
 */
export async function bindingOf(
  host: Pick<Host, 'run' | 'name'>,
  { name, cpus }: Pick<NodePlan, 'name' | 'cpus'>,
  pin: Pin | undefined,
): Promise<readonly string[]> {
  if (cpus === undefined) return []
  if (pin === undefined) {
    throw new BenchError('unavailable', `node ${name} must be bound to CPUs, got a host without taskset or cpuset`)
  }
  const words = pin(cpus)
  const tried = await host.run([...words, 'sh', '-c', 'cat /proc/self/status 2>/dev/null || true'], { accept: 'any' })
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(tried.stdout)?.[1]
  const allowed = list === undefined ? undefined : cpusOf(list)
  const missing = cpus.filter((cpu) => allowed?.has(cpu) === false)
  if (tried.status === 0 && missing.length === 0) return words
  const got = missing.length > 0 ? `no ${missing.join(', ')}` : tried.stderr.trim().slice(0, 200)
  throw new BenchError(
    'unavailable',
    `node ${name} must be bound to the CPUs ${cpus.join(', ')} of ${host.name}, got ${got}`,
    { hint: 'cpus in the topology are numbers from 0 on, of CPUs that this program may use too' },
  )
}

/** `0-2,5` → 0, 1, 2, 5. */
function cpusOf(list: string): ReadonlySet<number> {
  return new Set(
    list.split(',').flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, i) => from + i)
    }),
  )
}
