/** The kv-put and kv-update jobs: each value waits for its acknowledgement, and at the end every key is read back. */
import type { Job } from '../model/plan.ts'
import { sentBy } from './answering.ts'
import { Asker, roomFor } from './asker.ts'
import { ask } from './asking.ts'
import type { Delivery, Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { JsApi } from './js-api.ts'
import { KeyView } from './key-view.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { expectHeaders } from './message-ids.ts'
import { OwnReads, ownReadsTold } from './own-reads.ts'
import { PubAcks } from './pub-ack.ts'
import { readBack } from './read-back.ts'

type KvPutJob = Extract<Job, { kind: 'kv-put' }>
type KvUpdateJob = Extract<Job, { kind: 'kv-update' }>

export const prepareKvPut = (job: KvPutJob, context: JobContext): Promise<Work> => prepareWrite(job, context, false)
export const prepareKvUpdate = (job: KvUpdateJob, context: JobContext): Promise<Work> =>
  prepareWrite(job, context, true)

/** `expecting`: each message says which revision of its key must be there (ADR-8, update). */
async function prepareWrite(job: KvPutJob | KvUpdateJob, context: JobContext, expecting: boolean): Promise<Work> {
  const { subject, keys, headers, payload, publisher, timeoutMs, arrivals, connections, window } = job
  const links = await openLinks(job, context)
  const [asking, reading] = (await openLinks({ ...job, connections: 2 }, context)) as [Link, Link]
  const api = new JsApi(asking)
  const views = links.map((_, i) => new KeyView(job, i))
  const subjectOf = (key: number) => (keys > 1 ? `${subject}.${key}` : subject)
  const { readOwn } = job
  const own = readOwn === undefined ? [] : await openLinks(job, context)
  const reads = own.map((link) => new OwnReads(link, job.stream, subjectOf, readOwn ?? 'direct'))
  const askers = links.map((link, i) => {
    const view = views[i]!
    const expected = {
      name: expectHeaders.subject,
      before: '',
      of: (sequence: number) => view.expected(sequence),
    }
    const numbers = { subject: view.keyOf, headers: expecting ? [expected] : [] }
    const way = {
      shape: { subject, subjects: keys, headers, payload, publisher: publisher + i, numbers },
      timeoutMs,
      times: ['ack', 'ackService'],
      window,
      room: roomFor(arrivals, timeoutMs, connections, window),
      accept: readOwn === undefined ? view.accept.bind(view) : acceptAndRead(view, reads[i]!),
    } as const
    return new Asker(link, way, context.recorder)
  })
  checkSize(askers[0]!.sender.messageBytes, links)
  await flushAll([...links, ...own, asking, reading])
  return {
    async run(clock) {
      for (const each of reads) each.clock = clock
      await ask(askers, job, window, clock, context)
      await Promise.all(reads.map((each) => each.settled()))
      const found = await readBack(reading, api, { ...job, subjectOf }, newestOf(views, keys))
      const acks = views.map((view) => view.acks)
      context.emit({
        t: 'acked',
        ...PubAcks.told(acks, publisher),
        keys: found,
        ...(readOwn === undefined ? {} : { ownReads: ownReadsTold(reads) }),
        ...(expecting ? { conflicts: PubAcks.conflictsOf(acks) } : {}),
      })
    },
    perPublisher: () => sentBy(askers, publisher),
    close: () => closeAll([...links, ...own, asking, reading]),
  }
}

/** Each value that was acknowledged is read at once. */
function acceptAndRead(view: KeyView, reads: OwnReads) {
  return (delivery: Delivery, sequence: number): boolean => {
    const accepted = view.accept(delivery, sequence)
    if (accepted) reads.ask(view.keyOf(sequence), view.acks.last)
    return accepted
  }
}

/** Of all connections: the newest revision of each key that was acknowledged. */
function newestOf(views: readonly KeyView[], keys: number): Float64Array {
  const newest = new Float64Array(keys)
  for (const { own } of views) for (let key = 0; key < keys; key++) newest[key] = Math.max(newest[key]!, own[key]!)
  return newest
}
