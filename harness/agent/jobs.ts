/** Which file does which kind of job. A new kind breaks the build here, not a run. */
import type { Job, JobKind } from '../model/plan.ts'
import { prepareEcho } from './echo.ts'
import { Failure } from './failure.ts'
import type { JobContext, Prepare, Work } from './job.ts'
import { preparePing } from './ping.ts'
import { prepareProbe } from './probe.ts'
import { preparePublish } from './publish.ts'
import { prepareReply } from './reply.ts'
import { prepareRequest } from './request.ts'
import { prepareSubscribe } from './subscribe.ts'

const jobs: { readonly [K in JobKind]: Prepare<K> } = {
  publish: preparePublish,
  subscribe: prepareSubscribe,
  request: prepareRequest,
  reply: prepareReply,
  echo: prepareEcho,
  ping: preparePing,
  probe: prepareProbe,
}

export function prepare(job: Job, context: JobContext): Promise<Work> {
  const known = jobs[job.kind] as ((job: Job, context: JobContext) => Promise<Work>) | undefined
  if (known === undefined) throw new Failure('protocol', `job kind must be one of ${Object.keys(jobs).join(', ')}`)
  return known(job, context)
}
