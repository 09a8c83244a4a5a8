/** The js-publish job: each message asks for its PubAck. `ack` counts from the due time, `ackService` from the real send. */
import type { Job } from '../model/plan.ts'
import { sentBy } from './answering.ts'
import { Asker, roomFor } from './asker.ts'
import { ask } from './asking.ts'
import type { Delivery, HeaderNumber, Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { prepareFast } from './fast-batches.ts'
import { prepareBatches } from './js-batches.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { expectHeaders, MessageIds } from './message-ids.ts'
import { PubAcks } from './pub-ack.ts'

type JsPublishJob = Extract<Job, { kind: 'js-publish' }>

export async function prepareJsPublish(job: JsPublishJob, context: JobContext): Promise<Work> {
  const { batch, publisher, window, expect } = job
  if (job.flow !== undefined) return prepareFast({ ...job, flow: job.flow }, context)
  if (batch !== undefined) return prepareBatches({ ...job, batch }, context)
  const links = await openLinks(job, context)
  const publishers = links.map((link, i) => publisherOf(link, job, publisher + i, context))
  const askers = publishers.map(({ asker }) => asker)
  checkSize(askers[0]!.sender.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      await ask(askers, job, window, clock, context)
      const acks = publishers.map((each) => each.acks)
      context.emit({
        t: 'acked',
        ...PubAcks.told(acks, publisher),
        ...(expect === undefined ? {} : { conflicts: PubAcks.conflictsOf(acks) }),
        ...(job.repeats === undefined ? {} : { repeated: publishers.reduce((sum, each) => sum + each.repeated(), 0) }),
      })
    },
    perPublisher: () => sentBy(askers, publisher),
    close: () => closeAll(links),
  }
}

function publisherOf(link: Link, job: JsPublishJob, publisher: number, { recorder }: JobContext) {
  const { subject, headers, payload, timeoutMs, arrivals, connections, window, repeats, expect } = job
  const acks = new PubAcks()
  const ids = repeats === undefined ? undefined : new MessageIds(repeats, payload.seed, publisher)
  let last = expect?.first ?? 0
  const numbers: readonly HeaderNumber[] = [
    ...(ids === undefined ? [] : [ids.header(publisher)]),
    ...(expect === undefined ? [] : [{ name: expectHeaders[expect.of], before: '', of: () => last }]),
  ]
  /** After a conflict the next message expects what the server says that it has. */
  const acceptInTurn = (delivery: Delivery, sequence: number): boolean => {
    const accepted = acks.follow(delivery, sequence)
    if (acks.last > 0) last = acks.last
    return accepted
  }
  const asking = {
    shape: {
      subject,
      subjects: 1,
      headers,
      payload,
      publisher,
      ...(numbers.length > 0 ? { numbers: { headers: numbers } } : {}),
    },
    timeoutMs,
    times: ['ack', 'ackService'],
    window,
    room: roomFor(arrivals, timeoutMs, connections, window),
    accept: expect === undefined ? acks.accept.bind(acks) : acceptInTurn,
  } as const
  const asker = new Asker(link, asking, recorder)
  return { acks, asker, repeated: () => ids?.repeated(asker.sequence) ?? 0 }
}
