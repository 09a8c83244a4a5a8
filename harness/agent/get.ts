/** The kv-get and js-get jobs: ask a stream for one message after the other, directly (ADR-31). `rtt` counts from the due time to the answer. */
import type { Job } from '../model/plan.ts'
import { Asker, roomFor } from './asker.ts'
import type { Delivery, MessageShape } from './engine.ts'
import { batchesOver } from './get-batches.ts'
import { gettingWork } from './getting.ts'
import type { JobContext, Work } from './job.ts'
import { chooser, statusWords } from './key-view.ts'
import { openLinks } from './links.ts'
import { bodyBytes } from './numbered-template.ts'
import { mixSeed } from './random.ts'

type GetJob = Extract<Job, { kind: 'kv-get' | 'js-get' }>

const bySequence = { before: '{"seq":', after: '}' }

export async function prepareGet(job: GetJob, context: JobContext): Promise<Work> {
  const { publisher, timeoutMs, arrivals, connections, window, seed } = job
  const links = await openLinks(job, context)
  const { batch } = job
  if (batch !== undefined) {
    const batches = links.map((link, i) => batchesOver(link, job, batch, mixSeed(seed, i), context.recorder))
    return gettingWork(links, batches, job, batch, context)
  }
  const askers = links.map((link, i) => {
    /** Answers without a message, by the server's words. */
    const errors: Record<string, number> = {}
    const accept = (delivery: Delivery) => {
      const words = statusWords(delivery)
      if (words !== undefined) errors[words] = (errors[words] ?? 0) + 1
      return words === undefined
    }
    const way = {
      shape: shapeOf(job, publisher + i, mixSeed(seed, i)),
      timeoutMs,
      times: ['rtt', 'rttService'],
      window,
      room: roomFor(arrivals, timeoutMs, connections, window),
      accept,
    } as const
    return Object.assign(new Asker(link, way, context.recorder), { errors })
  })
  return gettingWork(links, askers, job, window, context)
}

/** The last message of a subject is asked for in the subject of the question, one by its sequence number in its payload. */
function shapeOf({ stream, subject, by, of, random }: GetJob, publisher: number, seed: number): MessageShape {
  const choose = chooser(of, random, seed)
  const asked = `$JS.API.DIRECT.GET.${stream}`
  const common = { headers: {}, publisher }
  const payload = { bytes: 0, compressible: 0, seed }
  if (by === 'last')
    return { ...common, subject: `${asked}.${subject}`, subjects: of, payload, numbers: { subject: choose } }
  const body = { ...bySequence, of: (sequence: number) => 1 + choose(sequence) }
  return { ...common, subject: asked, subjects: 1, payload: { ...payload, bytes: bodyBytes(body) }, numbers: { body } }
}
