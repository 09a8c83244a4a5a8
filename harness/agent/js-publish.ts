/** The js-publish job: each message asks for its PubAck. `ack` counts from the due time, `ackService` from the real send. */
import type { Job } from '../model/plan.ts'
import { Asker, roomFor } from './asker.ts'
import type { JobContext, Work } from './job.ts'
import { prepareFast } from './fast-batches.ts'
import { prepareBatches } from './js-batches.ts'
import { checkSize, flushAll, openLinks } from './links.ts'
import { PublisherAccount, publishingWork } from './publisher-account.ts'

type JsPublishJob = Extract<Job, { kind: 'js-publish' }>

export async function prepareJsPublish(job: JsPublishJob, context: JobContext): Promise<Work> {
  const { batch, flow, subject, headers, payload, timeoutMs, arrivals, connections, window } = job
  if (flow !== undefined) return prepareFast({ ...job, flow }, context)
  if (batch !== undefined) return prepareBatches({ ...job, batch }, context)
  const links = await openLinks(job, context)
  const accounts = links.map((_, i) => new PublisherAccount(job, job.publisher + i))
  const askers = links.map((link, i) => {
    const account = accounts[i]!
    const numbers = account.headers.length > 0 ? { numbers: { headers: account.headers } } : {}
    const asking = {
      shape: { subject, subjects: 1, headers, payload, publisher: job.publisher + i, ...numbers },
      timeoutMs,
      times: ['ack', 'ackService'],
      window,
      room: roomFor(arrivals, timeoutMs, connections, window),
      accept: account.accept.bind(account),
    } as const
    return new Asker(link, asking, context.recorder)
  })
  checkSize(askers[0]!.sender.messageBytes, links)
  await flushAll(links)
  return publishingWork(links, askers, accounts, job, context)
}
