/** The js-get and kv-get jobs over the official packages: `direct.getMessage` of a stream, `get` of a bucket; many by `direct.getBatch` and `getLastMessagesFor`. */
import type { StoredMsg } from '@nats-io/jetstream'
import type { Job } from '../model/plan.ts'
import { Caller } from './caller.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { chooser } from './key-view.ts'
import { GetBatches } from './get-batches.ts'
import { gettingWork } from './getting.ts'
import { openLinks } from './links.ts'
import { bucketOf, clientsOf, headerBytesOf, keyOf, refusalOf, refusing, type Clients } from './nats-js-client.ts'
import { mixSeed } from './random.ts'

type GetJob = Extract<Job, { kind: 'kv-get' | 'js-get' }>

/** Bytes of one message by its number; null where there is none. */
type Get = (choice: number) => Promise<Uint8Array | null>

export async function prepareGet(job: GetJob, context: JobContext): Promise<Work> {
  const { timeoutMs, window, seed, of, random } = job
  const links = await openLinks(job, context)
  const { batch } = job
  if (batch !== undefined) {
    const made = links.map(async (link, i) =>
      batchesOf(await clientsOf(link, timeoutMs), job, batch, mixSeed(seed, i), context),
    )
    return gettingWork(links, await Promise.all(made), job, batch, context)
  }
  const callers = await Promise.all(
    links.map(async (link, i) => {
      const get = await getOf(await clientsOf(link, timeoutMs), job)
      const choose = chooser(of, random, mixSeed(seed, i))
      const call = async (sequence: number) => {
        const found = await refusing(get(choose(sequence)))
        if (found === null) throw new Failure('server-error', '404 Message Not Found')
        return { bytes: found.length }
      }
      return new Caller(call, { times: ['rtt', 'rttService'], window }, context)
    }),
  )
  return gettingWork(links, callers, job, window, context)
}

function batchesOf(
  { manager: { direct } }: Clients,
  job: GetJob,
  size: number,
  seed: number,
  { recorder }: JobContext,
): GetBatches {
  const batches: GetBatches = new GetBatches(job, size, seed, recorder, (question, number) => {
    const ended = (error: unknown) => batches.ended(number, error === undefined ? undefined : refusalOf(error).message)
    const callback = (done: { readonly err?: unknown } | null, message: StoredMsg) => {
      batches.arrived()
      if (done === null) batches.took(number, message.data.length + headerBytesOf({ headers: message.header }))
      else ended(done.err)
      batches.handled()
    }
    const asked =
      'seq' in question
        ? direct.getBatch(job.stream, { ...question, callback })
        : direct.getLastMessagesFor(job.stream, { ...question, multi_last: [...question.multi_last], callback })
    asked.catch((error: unknown) => {
      batches.arrived()
      ended(error)
      batches.handled()
    })
  })
  return batches
}

async function getOf(clients: Clients, { kind, stream, subject, by, of }: GetJob): Promise<Get> {
  const { direct } = clients.manager
  if (kind === 'kv-get') {
    const bucket = await bucketOf(clients, stream)
    const key = keyOf(subject)
    return async (choice) => (await bucket.get(of > 1 ? `${key}.${choice}` : key))?.value ?? null
  }
  if (by === 'last') return async () => (await direct.getMessage(stream, { last_by_subj: subject }))?.data ?? null
  return async (choice) => (await direct.getMessage(stream, { seq: 1 + choice }))?.data ?? null
}
