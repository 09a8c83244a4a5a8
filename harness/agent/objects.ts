/** The object-put and object-get jobs: one object after the other on each connection, timed from when it was due until it is whole. */
import type { Job } from '../model/plan.ts'
import { errorsOf, sentBy } from './answering.ts'
import { ask } from './asking.ts'
import { Caller, type Call } from './caller.ts'
import type { Link } from './engine.ts'
import { asFailure } from './failure.ts'
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

export async function prepareObjectPut(job: PutJob, context: JobContext): Promise<Work> {
  const { publisher, bytes, objects, store, stream, connections } = job
  const links = await openLinks(job, context)
  const [asking, reading] = (await openLinks({ ...job, connections: 2 }, context)) as [Link, Link]
  const api = new JsApi(asking)
  const all = objects * connections
  /** By name: the newest sequence number acknowledged, and the id of the object. */
  const newest = new Float64Array(all)
  const ids: string[] = []
  const nameOf = (at: number) => `put.${publisher + Math.floor(at / objects)}.${at % objects}`
  const clients = links.map((link) => new ObjectClient(link, job))
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
  await flushAll([...links, asking, reading])
  return {
    async run(clock) {
      await ask(workers, { ...job, payload: { seed: job.seed } }, 1, clock, context)
      const subjectOf = (at: number) => objectSubject(store, nameOf(at))
      const found = await readBack(reading, api, { stream, expires: false, subjectOf }, newest)
      const names = [...newest.keys()].filter((at) => newest[at]! > 0).map(nameOf)
      const { checked, unsound } = await check(clients[0]!, names)
      const keys = { ...found, lost: Math.max(found.lost, unsound), digests: checked }
      context.emit({ t: 'acked', publishers: {}, duplicates: 0, errors: errorsOf(workers), keys })
    },
    perPublisher: () => sentBy(workers, publisher),
    close: () => closeAll([...links, asking, reading]),
  }
}

export async function prepareObjectGet(job: GetJob, context: JobContext): Promise<Work> {
  const { publisher, objects, random, seed } = job
  const links = await openLinks(job, context)
  const workers = links.map((link, i) => {
    const client = new ObjectClient(link, job)
    const choose = chooser(objects, random, mixSeed(seed, i))
    const get: Call = (sequence) => client.get(`object.${choose(sequence)}`)
    return new Caller(get, { times: ['rtt', 'rttService'], window: 1 }, context)
  })
  await flushAll(links)
  return {
    async run(clock) {
      await ask(workers, { ...job, payload: { seed } }, 1, clock, context)
      context.emit({ t: 'acked', publishers: {}, duplicates: 0, errors: errorsOf(workers) })
    },
    perPublisher: () => sentBy(workers, publisher),
    close: () => closeAll(links),
  }
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
  const deadline = Date.now() + checkMs
  let [checked, unsound] = [0, 0]
  for (const name of names) {
    if (Date.now() > deadline) break
    checked++
    try {
      await (await client.get(name)).tidy()
    } catch (error) {
      if (asFailure(error).code !== 'server-error') throw error
      unsound++
    }
  }
  return { checked, unsound }
}
