/** The reply job: answers each request with its own bytes, or with a payload of its own. */
import type { Job } from '../model/plan.ts'
import type { Delivery } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, closeAll, drain, flushAll, openLinks } from './links.ts'
import { fillPayload } from './payload.ts'
import type { Recorder } from './recorder.ts'
import { stampBytes } from './stamp.ts'
import { account, distinctByPublisher, Inbox, sharing } from './subscribe.ts'

type ReplyJob = Extract<Job, { kind: 'reply' }>

/** The assignment does not say how many requesters there are; a stamp has room for this many. */
const mostPublishers = 65_536

export async function prepareReply(job: ReplyJob, context: JobContext): Promise<Work> {
  const links = await openLinks(job, context)
  const { recorder } = context
  const body = job.payload === undefined ? undefined : new Uint8Array(job.payload.bytes)
  if (job.payload !== undefined && body !== undefined) {
    fillPayload(body, 0, job.payload, 0)
    checkSize(body.length, links)
  }
  const inboxes = links.map(() => new Answering(recorder, job.subject, body))
  links.forEach((link, i) => link.subscribe(job.subject, job.queue, inboxes[i]!))
  recorder.beforeCut = () => account(inboxes, recorder)
  await flushAll(links)
  return {
    async run(clock) {
      for (const inbox of inboxes) inbox.clock = clock
      await context.finished
      await drain(links, () => recorder.tally.received)
    },
    perPublisher: () => distinctByPublisher(inboxes),
    ...sharing(job.queue, inboxes),
    close: () => closeAll(links),
  }
}

/** Requests of 16 bytes and more are stamped, so their way here is measured as well. */
class Answering extends Inbox {
  readonly #recorder: Recorder
  readonly #body: Uint8Array | undefined

  constructor(recorder: Recorder, subject: string, body: Uint8Array | undefined) {
    super(recorder, { subject, stamped: true, publishers: mostPublishers })
    this.#recorder = recorder
    this.#body = body
  }

  protected override take(delivery: Delivery): void {
    const { tally } = this.#recorder
    const { start, end } = delivery
    const body = this.#body
    const answered =
      body === undefined ? delivery.respond(delivery.bytes, start, end) : delivery.respond(body, 0, body.length)
    if (answered) {
      tally.sent++
      tally.bytes += body === undefined ? end - start : body.length
    }
    if (end - start >= stampBytes) {
      super.take(delivery)
    } else {
      tally.received++
      this.received++
      tally.bytes += end - start + delivery.headerBytes
    }
  }
}
