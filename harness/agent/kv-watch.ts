/**
 * The kv-watch job: an ordered consumer of all keys of a bucket, which begins with the last value of each. The official clients watch
 * by an ordered push consumer; this one pulls, as their newer ordered consumers do.
 */
import type { Job } from '../model/plan.ts'
import type { JobContext, Work } from './job.ts'
import { prepareJsConsume } from './js-consume.ts'

const batch = 500
const expiresMs = 30_000

export function prepareKvWatch(job: Extract<Job, { kind: 'kv-watch' }>, context: JobContext): Promise<Work> {
  const reading = {
    take: 'ordered',
    ack: 'none',
    start: 'last_per_subject',
    batch,
    expiresMs,
    workMs: 0,
    nak: 0,
  } as const
  return prepareJsConsume({ ...job, ...reading, kind: 'js-consume', consumer: 'watch', seed: 0 }, context)
}
