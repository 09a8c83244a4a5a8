/** The kv-put and kv-update jobs over the official package: `put` of each value, of an update with the revision that must be there. */
import type { Job } from '../model/plan.ts'
import { Caller, type Call } from './caller.ts'
import type { JobContext, Work } from './job.ts'
import { prepareWriting } from './kv-write.ts'
import { checkSize } from './links.ts'
import { answerOf, bucketOf, clientsOf, keyOf, pubAckBytes } from './nats-js-client.ts'
import { StampedBodies } from './stamped-bodies.ts'

type WriteJob = Extract<Job, { kind: 'kv-put' | 'kv-update' }>

export function prepareKvWrite(job: WriteJob, context: JobContext): Promise<Work> {
  const { subject, keys, payload, publisher, stream, timeoutMs: timeout, window } = job
  return prepareWriting(job, context, async (link, view, i) => {
    const bucket = await bucketOf(await clientsOf(link, timeout), stream)
    const bodies = new StampedBodies({ payload, publisher: publisher + i })
    const key = keyOf(subject)
    const put: Call = async (sequence, due, lag) => {
      const body = bodies.of(sequence, due, lag)
      const to = keys > 1 ? `${key}.${view.keyOf(sequence)}` : key
      // `update` of the package takes no 0, which stands for a key that is not there yet; `put` with a revision is what it calls.
      const options = job.kind === 'kv-update' ? { timeout, previousSeq: view.expected(sequence) } : { timeout }
      const answer = await answerOf(bucket.put(to, body, options).then((seq) => ({ stream, seq })))
      const accepted = view.take(answer, sequence)
      return { bytes: body.length + (accepted ? pubAckBytes(answer) : 0), accepted }
    }
    checkSize(payload.bytes, [link])
    return new Caller(put, { times: ['ack', 'ackService'], window }, context)
  })
}
