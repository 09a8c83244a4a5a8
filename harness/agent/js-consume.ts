/** The js-consume job: pull (continuous or by batch), push and ordered consumers over the wire engine. */
import type { Job } from '../model/plan.ts'
import type { JobContext, Work } from './job.ts'
import type { JsApi } from './js-api.ts'
import { prepareReading } from './reading.ts'
import { Taker } from './taker.ts'
import { uniqueDigits } from './unique.ts'

type JsConsumeJob = Extract<Job, { kind: 'js-consume' }>

export function prepareJsConsume(job: JsConsumeJob, context: JobContext): Promise<Work> {
  return prepareReading(
    job,
    context,
    (parts) => new Taker(job, context, parts, (from) => makeOrdered(parts.api, job, from)),
  )
}

/** An ordered consumer as nats.go and nats.js make it (ADR-37): ephemeral, in memory, without acknowledgements. */
async function makeOrdered(api: JsApi, job: JsConsumeJob, from: number): Promise<string> {
  const name = `${job.consumer}-${uniqueDigits(8)}`
  const config = {
    name,
    ack_policy: 'none',
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: 300e9,
    ...(job.subject === '' ? {} : { filter_subject: job.subject }),
    ...(from > 1 ? { deliver_policy: 'by_start_sequence', opt_start_seq: from } : { deliver_policy: job.start }),
  }
  await api.ask(`CONSUMER.CREATE.${job.stream}.${name}`, { stream_name: job.stream, config })
  return name
}
