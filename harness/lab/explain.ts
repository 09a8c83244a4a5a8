/** Finds the cause of a block's end: an agent that lost its connection is only a symptom. */
import { asBenchError, BenchError } from '../model/error.ts'
import { errorHint } from '../model/server-errors.ts'
import type { Service } from './service.ts'
import { pause } from './wait.ts'

const mostCutOffs = 5
const slowConsumer = /slow consumer/i
const exitWaitMs = 200

/** Lines in which a server says that it cut off a client (nats-server's client.go: "Slow Consumer Detected: ..."). */
export function cutOffs(service: Service): readonly string[] {
  return service
    .log()
    .filter((line) => slowConsumer.test(line))
    .slice(-mostCutOffs)
}

interface Complaint {
  readonly pattern: RegExp
  /** What the server did, after its name. */
  readonly did: string
  readonly hint: (lines: readonly string[]) => string
}

/** What a server writes before its clients suffer (nats-server: client.go, server.go `acceptError`; Go's errno texts). */
const complaints: readonly Complaint[] = [
  { pattern: slowConsumer, did: 'cut off a slow consumer', hint: cutOffHint },
  {
    pattern: /too many open files/i,
    did: 'could take no more connections: its limit of open files was reached',
    hint: () => 'raise the limit of open files where the server runs (ulimit -n), or open fewer connections',
  },
  {
    pattern: /no space left on device/i,
    did: 'had no space left on its disk',
    hint: () => 'free space where the nodes are made, or store less (max_file of the server, maxBytes of the stream)',
  },
]

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
    for (const { pattern, did, hint } of complaints) {
      const lines = service.log().filter((line) => pattern.test(line))
      if (lines.length === 0) continue
      return new BenchError('agent', `nats-server of node ${service.plan.node} ${did}`, {
        lines: [seen.message, ...lines.slice(-3)],
        hint: hint(lines),
        cause: seen,
      })
    }
  }
  return withHint(seen)
}

/** What only the server knows ends the run with its own words and code; what to do about it stands beside. */
function withHint(seen: BenchError): BenchError {
  const hint =
    /server must do \$?\S+, got error|must take \d+ messages, got \d+, then error|^agent \S+ failed: 1\d{4} /.test(
      seen.message,
    )
      ? errorHint(seen.message)
      : undefined
  if (hint === undefined || seen.hint !== undefined) return seen
  return new BenchError(seen.code, seen.message, { lines: seen.lines, hint, cause: seen })
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
