/** Puts messages into a stream before the load, and waits until it has them. */
import type { PayloadPlan } from '../model/plan.ts'
import type { Link } from './engine.ts'
import { Failure } from './failure.ts'
import { ApiError, fields, numberOf, type JsApi } from './js-api.ts'
import { filledPublisher } from './stamp.ts'

/** A server drops what is published without a question once 10,000 messages of a stream wait, or 128 MiB (max_buffered_msgs, max_buffered_size). */
const atOnce = 4000
const bytesAtOnce = 64 * 1024 * 1024
const stillMs = 10_000

export interface Filling {
  readonly stream: string
  readonly subject: string
  /** More than 1: `subject.0` ... in turn. */
  readonly subjects: number
  readonly messages: number
  readonly payload: PayloadPlan
  /** Of the stamps; `filledPublisher` where nothing is said. */
  readonly publisher?: number
}

/** The stream must be empty. Throws the server's words, or `timeout`, where it takes nothing for 10 s before it has all. */
export async function fillStream(link: Link, api: JsApi, filling: Filling): Promise<void> {
  const { subject, subjects, messages, payload, publisher = filledPublisher } = filling
  const sender = link.sender({ subject, subjects, headers: {}, payload, publisher })
  const most = Math.max(1, Math.min(atOnce, Math.floor(bytesAtOnce / Math.max(1, payload.bytes))))
  for (let sent = 0; sent < messages;) {
    const end = Math.min(messages, sent + most)
    while (sent < end) {
      const count = Math.min(end - sent, sender.room())
      if (count > 0) sender.put(sent, count, 0, 0)
      sender.push()
      sent += count
      if (count === 0) await new Promise(setImmediate)
    }
    await untilStored(api, filling, end)
  }
}

async function untilStored(api: JsApi, filling: Filling, wanted: number): Promise<void> {
  const { stream } = filling
  let [before, since] = [-1, performance.now()]
  for (;;) {
    const last = numberOf(fields((await api.ask(`STREAM.INFO.${stream}`))['state'])['last_seq'])
    if (last >= wanted) return
    if (last > before) since = performance.now()
    before = last
    if (performance.now() - since > stillMs) throw await refusal(api, filling, last)
  }
}

/** Messages without a question get no answer: one with a question does. */
async function refusal(api: JsApi, filling: Filling, last: number): Promise<Failure> {
  const { stream, subject, subjects, messages } = filling
  const must = `stream ${stream} must take ${messages} messages, got ${last}`
  try {
    await api.put(subjects > 1 ? `${subject}.0` : subject)
  } catch (error) {
    if (error instanceof ApiError) return new Failure(error.code, `${must}, then ${error.words}`)
  }
  return new Failure('timeout', `${must}, then nothing for ${stillMs} ms`)
}
