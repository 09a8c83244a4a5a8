/** The js-get and kv-get jobs over the official packages: `direct.getMessage` of a stream, `get` of a bucket. */
import type { Job } from '../model/plan.ts'
import { errorsOf, sentBy } from './answering.ts'
import { ask } from './asking.ts'
import { Caller } from './caller.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { chooser } from './key-view.ts'
import { closeAll, flushAll, openLinks } from './links.ts'
import { bucketOf, clientsOf, keyOf, refusing, type Clients } from './nats-js-client.ts'
import { mixSeed } from './random.ts'

type GetJob = Extract<Job, { kind: 'kv-get' | 'js-get' }>

/** Bytes of one message by its number; null where there is none. */
type Get = (choice: number) => Promise<Uint8Array | null>

export async function prepareGet(job: GetJob, context: JobContext): Promise<Work> {
  const { publisher, timeoutMs, window, seed, of, random } = job
  const links = await openLinks(job, context)
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
  await flushAll(links)
  return {
    async run(clock) {
      await ask(callers, { ...job, payload: { seed } }, window, clock, context)
      context.emit({ t: 'acked', publishers: {}, duplicates: 0, errors: errorsOf(callers) })
    },
    perPublisher: () => sentBy(callers, publisher),
    close: () => closeAll(links),
  }
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
