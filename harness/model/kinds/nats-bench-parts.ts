/** What no client of `nats bench` can do of work that ours can: asked before both are put side by side. */
import type { PayloadPlan } from './parts.ts'

interface Client {
  readonly connections: number
  readonly payload?: PayloadPlan
  readonly headers?: Readonly<Record<string, string>>
}

/** Of one that sends. Its clients share a process as our connections do, but its figure of several is a sum of rates of unequal times. */
export function lacksOfClient({ connections, payload, headers = {} }: Client): string | undefined {
  if (connections > 1) return `has ${connections} connections an agent`
  if (payload?.smaller !== undefined) return 'has messages of several sizes'
  if (Object.keys(headers).length > 0) return 'has headers'
  return undefined
}

/** Of one that listens. */
export function lacksOfListener(
  job: Client & { readonly queue?: string; readonly workMs?: number },
): string | undefined {
  if (job.queue !== undefined) return 'is a queue group'
  if (job.workMs !== undefined) return 'works on each message'
  return lacksOfClient(job)
}
