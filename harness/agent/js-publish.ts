/** The js-publish job: each message asks for its PubAck. `ack` counts from the due time, `ackService` from the real send. */
import type { Job } from '../model/plan.ts'
import { Asker, roomFor, sentBy } from './asker.ts'
import { ask } from './asking.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { PubAcks } from './pub-ack.ts'

type JsPublishJob = Extract<Job, { kind: 'js-publish' }>

export async function prepareJsPublish(job: JsPublishJob, context: JobContext): Promise<Work> {
  const { subject, headers, payload, publisher, timeoutMs, arrivals, connections, window } = job
  const links = await openLinks(job, context)
  const answers = links.map(() => new PubAcks())
  const askers = links.map((link, i) => {
    const acks = answers[i]!
    const asking = {
      shape: { subject, subjects: 1, headers, payload, publisher: publisher + i },
      timeoutMs,
      times: ['ack', 'ackService'],
      window,
      room: roomFor(arrivals, timeoutMs, connections, window),
      accept: acks.accept.bind(acks),
    } as const
    return new Asker(link, asking, context.recorder)
  })
  checkSize(askers[0]!.sender.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      await ask(askers, job, window, clock, context)
      context.emit({ t: 'acked', ...PubAcks.told(answers, publisher) })
    },
    perPublisher: () => sentBy(askers, publisher),
    close: () => closeAll(links),
  }
}
