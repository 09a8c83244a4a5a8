/** The reply job: answers each request with its own bytes, or with a payload of its own. */
import type { Job } from '../model/plan.ts'
import type { Taken } from './consumption.ts'
import type { Delivery, Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, openLinks } from './links.ts'
import { fillPayload } from './payload.ts'
import type { Recorder } from './recorder.ts'
import { stampBytes } from './stamp.ts'
import { Inbox, listening } from './subscribe.ts'
import type { Waiting } from './work-queue.ts'
import { Working } from './working.ts'

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
  const { workMs } = job
  const handlers = workMs === undefined ? [] : links.map((link, i) => slow(link, inboxes[i]!, workMs, context))
  return listening(links, inboxes, handlers, job, context)
}

/** Answers when the work is over. */
function slow(link: Link, inbox: Answering, workMs: number, context: JobContext): Working {
  const done = ({ bytes, reply }: Waiting): void => {
    if (reply !== '') link.publish(reply, inbox.answer(bytes))
  }
  const keptBytes = link.maxPayload
  return new Working({ inbox, workMs, keptBytes, callback: (message) => inbox.count(message), done }, context)
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

  override message(delivery: Delivery): void {
    if (this.passesBy(delivery)) return
    const { tally } = this.#recorder
    const { start, end } = delivery
    const body = this.#body
    const answered =
      body === undefined ? delivery.respond(delivery.bytes, start, end) : delivery.respond(body, 0, body.length)
    if (answered) {
      tally.sent++
      tally.bytes += body === undefined ? end - start : body.length
    }
    this.count(delivery)
  }

  /** The answer to a request with these bytes, which is sent now. */
  answer(request: Uint8Array): Uint8Array {
    const { tally } = this.#recorder
    const answer = this.#body ?? request
    tally.sent++
    tally.bytes += answer.length
    return answer
  }

  count(request: Taken): void {
    const { tally } = this.#recorder
    const { start, end, headerBytes } = request
    if (end - start >= stampBytes) {
      this.take(request)
    } else {
      tally.received++
      this.received++
      tally.bytes += end - start + headerBytes
    }
  }
}
