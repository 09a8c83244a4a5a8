/** The request job: `rtt` counts from the due time to the reply, `rttService` from the real send. */
import type { Job } from '../model/plan.ts'
import { sentBy } from './answering.ts'
import { Asker, roomFor } from './asker.ts'
import { ask } from './asking.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'

type RequestJob = Extract<Job, { kind: 'request' }>

/** A flood of requests is a closed loop with this many in flight on each connection; without a bound all would time out. */
const floodInFlight = 1000

export async function prepareRequest(job: RequestJob, context: JobContext): Promise<Work> {
  const { subject, headers, payload, publisher, timeoutMs, arrivals, connections } = job
  const links = await openLinks(job, context)
  const askers = links.map((link, i) => {
    const shape = { subject, subjects: 1, headers, payload, publisher: publisher + i }
    const room = roomFor(arrivals, timeoutMs, connections, floodInFlight)
    return new Asker(link, { shape, timeoutMs, times: ['rtt', 'rttService'], window: Infinity, room }, context.recorder)
  })
  checkSize(askers[0]!.sender.messageBytes, links)
  await flushAll(links)
  return {
    run: (clock) => ask(askers, job, floodInFlight, clock, context),
    perPublisher: () => sentBy(askers, publisher),
    close: () => closeAll(links),
  }
}
