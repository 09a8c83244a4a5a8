/** The object-put and object-get jobs: one object after the other on each connection, timed from when it was due until it is whole. */
import type { Job } from '../model/plan.ts'
import { errorsOf, sentBy } from './answering.ts'
import { ask, type Answered } from './asking.ts'
import type { Clock } from './clock.ts'
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

/** Does one thing; its bytes, and what is to be done after it that is not timed. */
type Do = (sequence: number) => Promise<{ readonly bytes: number; readonly tidy: () => Promise<void> }>

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
    const put: Do = async (sequence) => {
      const at = i * objects + (sequence % objects)
      new DataView(body.buffer).setUint8(sequence % bytes, sequence & 0xff)
      const made = await client.put(nameOf(at), body)
      const old = ids[at]
      newest[at] = made.sequence
      ids[at] = made.nuid
      return { bytes, tidy: () => (old === undefined ? Promise.resolve() : client.forget(old)) }
    }
    return new Worker(put, ['ack', 'ackService'], context)
  })
  await flushAll([...links, asking, reading])
  return {
    async run(clock) {
      await ask(workers, { ...job, payload: { seed: job.seed } }, 1, clock, context)
      const subjectOf = (at: number) => objectSubject(store, nameOf(at))
      const found = await readBack(reading, api, { stream, expires: false, subjectOf }, newest)
      const unsound = await check(clients[0]!, [...newest.keys()].filter((at) => newest[at]! > 0).map(nameOf))
      const keys = { ...found, lost: Math.max(found.lost, unsound) }
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
    return new Worker((sequence) => client.get(`object.${choose(sequence)}`), ['rtt', 'rttService'], context)
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

/** Gets objects again as long as there is time: how many are not there, or not what their digest says. */
async function check(client: ObjectClient, names: readonly string[]): Promise<number> {
  const deadline = Date.now() + checkMs
  let unsound = 0
  for (const name of names) {
    if (Date.now() > deadline) break
    try {
      await (await client.get(name)).tidy()
    } catch (error) {
      if (asFailure(error).code !== 'server-error') throw error
      unsound++
    }
  }
  return unsound
}

class Worker implements Answered {
  clock: Clock | undefined
  sequence = 0
  onFree: (now: number, count: number) => void = () => undefined
  /** Objects that the server refused, by its words. */
  readonly errors: Record<string, number> = {}
  readonly #do: Do
  readonly #context: JobContext
  readonly #time
  readonly #service
  readonly #gap
  readonly #settled = Promise.withResolvers<void>()
  #busy = false
  #stopped = false

  constructor(action: Do, [time, service]: readonly ['ack' | 'rtt', 'ackService' | 'rttService'], context: JobContext) {
    const { recorder } = context
    this.#do = action
    this.#context = context
    this.#time = recorder.histogram(time)
    this.#service = recorder.histogram(service)
    this.#gap = recorder.sharedGap()
  }

  get waiting(): number {
    return this.#busy ? 1 : 0
  }

  get hasRoom(): boolean {
    return !this.#busy
  }

  whenRoom(): void {
    // Room comes when an object is done.
  }

  send(due: number, now: number): void {
    this.#busy = true
    this.#context.recorder.tally.sent++
    void this.#one(this.sequence++, due, now)
  }

  push(): void {
    // An object is on its way when it was begun.
  }

  expire(): void {
    if (this.clock !== undefined) this.#context.recorder.tick(this.clock.now())
  }

  settled(): Promise<void> {
    this.#stopped = true
    if (!this.#busy) this.#settled.resolve()
    return this.#settled.promise
  }

  async #one(sequence: number, due: number, sent: number): Promise<void> {
    const { recorder, fail } = this.#context
    try {
      const { bytes, tidy } = await this.#do(sequence)
      const now = this.clock?.now() ?? 0
      recorder.tick(now)
      recorder.tally.received++
      recorder.tally.bytes += bytes
      this.#gap.heard(now)
      this.#time.record(now - due)
      this.#service.record(now - sent)
      await tidy()
    } catch (error) {
      const failure = asFailure(error)
      if (failure.code === 'timeout') recorder.tally.late++
      else if (failure.code === 'server-error') this.errors[failure.message] = (this.errors[failure.message] ?? 0) + 1
      else fail(failure)
    }
    this.#busy = false
    if (this.#stopped) this.#settled.resolve()
    else this.onFree(this.clock?.now() ?? 0, 1)
  }
}
