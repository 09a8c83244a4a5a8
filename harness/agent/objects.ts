/** The object-put and object-get jobs: one object after the other on each connection, timed from when it was due until it is whole. */
import type { Job } from '../model/plan.ts'
import { errorsOf, sentBy } from './answering.ts'
import { ask } from './asking.ts'
import { Caller, tidied, type Call } from './caller.ts'
import type { Link } from './engine.ts'
import { asFailure } from './failure.ts'
import { gettingWork } from './getting.ts'
import type { JobContext, Work } from './job.ts'
import { JsApi } from './js-api.ts'
import { chooser } from './key-view.ts'
import { closeAll, flushAll, openLinks } from './links.ts'
import { ObjectClient, objectSubject } from './object-client.ts'
import { fillPayload } from './payload.ts'
import { mixSeed } from './random.ts'
import { readBack } from './read-back.ts'

type PutJob = Extract<Job, { kind: 'object-put' }>
type GetJob = Extract<Job, { kind: 'object-get' }>

/** What is put is got again when the load is over, for so long. */
const checkMs = 8000

/** What an engine does with objects, over one connection, one after the other. Rejects with a Failure. */
export interface Store {
  /** Resolves when all is acknowledged: the sequence number of what is known of it, and its id. */
  put(name: string, bytes: Uint8Array): Promise<{ readonly sequence: number; readonly nuid: string }>
  /** Removes the chunks of an object that was replaced, which is not timed. */
  forget(nuid: string): Promise<void>
  /** Resolves when all of it has come and is what its digest says. */
  get(name: string): Promise<{ readonly bytes: number; readonly tidy: () => Promise<void> }>
}

type Open = (link: Link) => Promise<Store>

export const prepareObjectPut = (job: PutJob, context: JobContext): Promise<Work> =>
  putting(job, context, (link) => Promise.resolve(new ObjectClient(link, job)))
export const prepareObjectGet = (job: GetJob, context: JobContext): Promise<Work> =>
  getting(job, context, (link) => Promise.resolve(new ObjectClient(link, job)))

/** What is put is read back over the wire engine. */
export async function putting(job: PutJob, context: JobContext, open: Open): Promise<Work> {
  const { publisher, bytes, objects, store, stream, connections } = job
  const links = await openLinks(job, context)
  const wire = { ...job, engine: 'wire', connections: 3, beside: true } as const
  const [asking, reading, checking] = (await openLinks(wire, context)) as [Link, Link, Link]
  const api = new JsApi(asking)
  const all = objects * connections
  /** By name: the newest sequence number acknowledged, and the id of the object. */
  const newest = new Float64Array(all)
  const ids: string[] = []
  const nameOf = (at: number) => `put.${publisher + Math.floor(at / objects)}.${at % objects}`
  const clients = await Promise.all(links.map(open))
  const checker = new ObjectClient(checking, job)
  const workers = clients.map((client, i) => {
    const body = new Uint8Array(bytes)
    fillPayload(body, 0, { bytes, compressible: 0, seed: job.seed }, i)
    const put: Call = async (sequence) => {
      const at = i * objects + (sequence % objects)
      new DataView(body.buffer).setUint8(sequence % bytes, sequence & 0xff)
      const made = await client.put(nameOf(at), body)
      const old = ids[at]
      newest[at] = made.sequence
      ids[at] = made.nuid
      return { bytes, tidy: () => (old === undefined ? Promise.resolve() : client.forget(old)) }
    }
    return new Caller(put, { times: ['ack', 'ackService'], window: 1 }, context)
  })
  await flushAll([...links, asking, reading, checking])
  return {
    async run(clock) {
      await ask(workers, { ...job, payload: { seed: job.seed } }, 1, clock, context)
      const subjectOf = (at: number) => objectSubject(store, nameOf(at))
      const found = await readBack(reading, api, { stream, expires: false, subjectOf }, newest)
      const names = [...newest.keys()].filter((at) => newest[at]! > 0).map(nameOf)
      const { checked, unsound } = await check(checker, names)
      const keys = { ...found, lost: Math.max(found.lost, unsound), digests: checked }
      context.emit({ t: 'acked', publishers: {}, duplicates: 0, errors: errorsOf(workers), keys })
    },
    perPublisher: () => sentBy(workers, publisher),
    close: () => closeAll([...links, asking, reading, checking]),
  }
}

export async function getting(job: GetJob, context: JobContext, open: Open): Promise<Work> {
  const { objects, random, seed } = job
  const links = await openLinks(job, context)
  const clients = await Promise.all(links.map(open))
  const workers = clients.map((client, i) => {
    const choose = chooser(objects, random, mixSeed(seed, i))
    const get: Call = (sequence) => client.get(`object.${choose(sequence)}`)
    return new Caller(get, { times: ['rtt', 'rttService'], window: 1 }, context)
  })
  return gettingWork(links, workers, job, 1, context)
}

/** Puts what a store is filled with before the load. */
export async function fillObjects(
  link: Link,
  stream: string,
  { store, objects, bytes }: { readonly store: string; readonly objects: number; readonly bytes: number },
): Promise<void> {
  const client = new ObjectClient(link, { stream, store, timeoutMs: 30_000 })
  const body = new Uint8Array(bytes)
  for (let i = 0; i < objects; i++) {
    fillPayload(body, 0, { bytes, compressible: 0, seed: 1 }, i)
    await client.put(`object.${i}`, body)
  }
}

/** Gets objects again as long as there is time: how many, and how many of them are not there, or not what their digest says. */
async function check(
  client: ObjectClient,
  names: readonly string[],
): Promise<{ readonly checked: number; readonly unsound: number }> {
  const deadline = performance.now() + checkMs
  let [checked, unsound] = [0, 0]
  for (const name of names) {
    if (performance.now() > deadline) break
    checked++
    try {
      await tidied((await client.get(name)).tidy)
    } catch (error) {
      if (asFailure(error).code !== 'server-error') throw error
      unsound++
    }
  }
  return { checked, unsound }
}
