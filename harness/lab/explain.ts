/** What was behind the end of a block: an agent that lost its connection is a symptom. */
import { asBenchError, BenchError } from '../model/error.ts'
import type { Service } from './service.ts'
import { pause } from './wait.ts'

const mostCutOffs = 5
const exitWaitMs = 200

/** Lines in which a server says that it cut off a client (nats-server's client.go: "Slow Consumer Detected: ..."). */
export function cutOffs(service: Service): readonly string[] {
  return service
    .log()
    .filter((line) => /slow consumer/i.test(line))
    .slice(-mostCutOffs)
}

/** The cause: the way to the host, a server that ended, a client that was cut off; else the error itself. */
export async function explained(
  error: unknown,
  services: ReadonlyMap<string, Service>,
  onPurpose: ReadonlySet<Service>,
): Promise<BenchError> {
  const seen = asBenchError(error)
  if (seen.code === 'interrupted') return seen
  for (const service of services.values()) {
    const gone = onPurpose.has(service) ? undefined : await endOf(service, seen)
    if (gone !== undefined) return gone
    const lines = cutOffs(service)
    if (lines.length > 0) {
      return new BenchError('agent', `nats-server of node ${service.plan.node} cut off a slow consumer`, {
        lines: [seen.message, ...lines.slice(-3)],
        hint: cutOffHint(lines),
        cause: seen,
      })
    }
  }
  return seen
}

/** Throws when a server that no fault has ended is not there any more: the numbers are not of what was planned. */
export async function stillThere(
  services: ReadonlyMap<string, Service>,
  onPurpose: ReadonlySet<Service>,
): Promise<void> {
  for (const service of services.values()) {
    const gone = onPurpose.has(service) ? undefined : await endOf(service, undefined)
    if (gone !== undefined) throw gone
  }
}

async function endOf(service: Service, seen: BenchError | undefined): Promise<BenchError | undefined> {
  const waiting = seen === undefined ? Promise.resolve(undefined) : pause(exitWaitMs).then(() => undefined)
  const exit = await Promise.race([service.child.exit, waiting])
  if (exit === undefined) return undefined
  if (exit.lost !== undefined) return exit.lost
  return new BenchError('agent', `nats-server of node ${service.plan.node} ended during the block`, {
    lines: [...(seen === undefined ? [] : [seen.message]), ...service.log().slice(-8)],
    hint: 'its last log lines are above',
    ...(seen === undefined ? {} : { cause: seen }),
  })
}

/** Which setting was reached: the server names it. */
function cutOffHint(lines: readonly string[]): string {
  const setting = lines.some((line) => /WriteDeadline/i.test(line)) ? 'write_deadline' : 'max_pending'
  return `lower the rate, add subscribers, or raise ${setting} in the scenario`
}
