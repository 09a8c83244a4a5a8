/** The kv-put and kv-update jobs: each value waits for its acknowledgement, and at the end every key is read back. */
import type { Job } from '../model/plan.ts'
import { sentBy } from './answering.ts'
import { Asker, roomFor } from './asker.ts'
import { ask, type Answered } from './asking.ts'
import type { Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { JsApi } from './js-api.ts'
import { KeyView } from './key-view.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { expectHeaders } from './message-ids.ts'
import { OwnReads, ownReadsTold } from './own-reads.ts'
import { PubAcks } from './pub-ack.ts'
import { readBack } from './read-back.ts'

type WriteJob = Extract<Job, { kind: 'kv-put' | 'kv-update' }>
type Sending = Answered & { readonly sequence: number }
/** Makes what puts over one connection. */
type SenderOf = (link: Link, view: KeyView, index: number) => Sending | Promise<Sending>

export const prepareKvWrite = (job: WriteJob, context: JobContext): Promise<Work> =>
  prepareWriting(job, context, wireSender(job, context))

/** Over whichever engine: what is read back, and what is read at once, goes over the wire engine. */
export async function prepareWriting(job: WriteJob, context: JobContext, senderOf: SenderOf): Promise<Work> {
  const { subject, keys, publisher, window, readOwn } = job
  const wire = { ...job, engine: 'wire', beside: true } as const
  const links = await openLinks(job, context)
  const [asking, reading] = (await openLinks({ ...wire, connections: 2 }, context)) as [Link, Link]
  const api = new JsApi(asking)
  const views = links.map((_, i) => new KeyView(job, i))
  const subjectOf = (key: number) => (keys > 1 ? `${subject}.${key}` : subject)
  const own = readOwn === undefined ? [] : await openLinks(wire, context)
  const reads = own.map((link) => new OwnReads(link, job.stream, subjectOf, readOwn ?? 'direct'))
  reads.forEach((each, i) => (views[i]!.onStored = (key, revision) => each.ask(key, revision)))
  const senders = await Promise.all(links.map(async (link, i) => await senderOf(link, views[i]!, i)))
  await flushAll([...links, ...own, asking, reading])
  return {
    async run(clock) {
      for (const each of reads) each.clock = clock
      await ask(senders, job, window, clock, context)
      await Promise.all(reads.map((each) => each.settled()))
      const found = await readBack(reading, api, { ...job, subjectOf }, newestOf(views, keys))
      const acks = views.map((view) => view.acks)
      context.emit({
        t: 'acked',
        ...PubAcks.told(acks, publisher),
        keys: found,
        ...(readOwn === undefined ? {} : { ownReads: ownReadsTold(reads) }),
        ...(job.kind === 'kv-update' ? { conflicts: PubAcks.conflictsOf(acks) } : {}),
      })
    },
    perPublisher: () => sentBy(senders, publisher),
    close: () => closeAll([...links, ...own, asking, reading]),
  }
}

/** Each message of an update says which revision of its key must be there (ADR-8). */
const wireSender =
  (job: WriteJob, context: JobContext): SenderOf =>
  (link, view, i) => {
    const { subject, keys, headers, payload, publisher, timeoutMs, arrivals, connections, window } = job
    const expected = { name: expectHeaders.subject, before: '', of: (sequence: number) => view.expected(sequence) }
    const numbers = { subject: view.keyOf, headers: job.kind === 'kv-update' ? [expected] : [] }
    const way = {
      shape: { subject, subjects: keys, headers, payload, publisher: publisher + i, numbers },
      timeoutMs,
      times: ['ack', 'ackService'],
      window,
      room: roomFor(arrivals, timeoutMs, connections, window),
      accept: view.accept.bind(view),
    } as const
    const asker = new Asker(link, way, context.recorder)
    checkSize(asker.sender.messageBytes, [link])
    return asker
  }

/** Of all connections: the newest revision of each key that was acknowledged. */
function newestOf(views: readonly KeyView[], keys: number): Float64Array {
  const newest = new Float64Array(keys)
  for (const { own } of views) for (let key = 0; key < keys; key++) newest[key] = Math.max(newest[key]!, own[key]!)
  return newest
}
