/** The object-put and object-get jobs over the official package: `putBlob` and `getBlob` of a store. */
import { setTimeout as wait } from 'node:timers/promises'
import type { ObjectStore } from '@nats-io/obj'
import type { Job } from '../model/plan.ts'
import type { Link } from './engine.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { clientsOf, refusing } from './nats-js-client.ts'
import { needed } from './nats-js.ts'
import { getting, putting, type Store } from './objects.ts'

type PutJob = Extract<Job, { kind: 'object-put' }>
type GetJob = Extract<Job, { kind: 'object-get' }>

export function prepareObjectPut(job: PutJob, context: JobContext): Promise<Work> {
  return putting(job, context, (link) => storeOf(link, job))
}

export function prepareObjectGet(job: GetJob, context: JobContext): Promise<Work> {
  return getting(job, context, (link) => storeOf(link, job))
}

async function storeOf(link: Link, { store, timeoutMs }: PutJob | GetJob): Promise<Store> {
  const { Objm } = await needed('@nats-io/obj', () => import('@nats-io/obj'))
  const { client } = await clientsOf(link, timeoutMs)
  // The stream is made by the scenario: it is not asked for.
  const objects = await new Objm(client).open(store, false)
  return {
    put: (name, bytes) => within(timeoutMs, put(objects, name, bytes)),
    // A put of the package removes the chunks of what it replaced itself, before it is over.
    forget: () => Promise.resolve(),
    get: (name) => within(timeoutMs, get(objects, name)),
  }
}

async function put(objects: ObjectStore, name: string, bytes: Uint8Array) {
  const { revision, nuid } = await refusing(objects.putBlob({ name }, bytes))
  return { sequence: revision, nuid }
}

async function get(objects: ObjectStore, name: string) {
  const found = await refusing(objects.getBlob(name).catch(corrupt))
  if (found === null) throw new Failure('server-error', '404 Message Not Found')
  return { bytes: found.length, tidy: () => Promise.resolve() }
}

/** The package has an error without a name for what is not as its digest says. */
function corrupt(error: unknown): never {
  if (error instanceof Error && error.message.includes('corrupt object'))
    throw new Failure('server-error', 'object must be what its digest says, got another', error)
  throw error
}

/** The package waits for ever for chunks that do not come. */
function within<T>(timeoutMs: number, call: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = wait(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new Failure('timeout', `object must be whole within ${timeoutMs} ms, got nothing`)
  })
  return Promise.race([call, late]).finally(() => over.abort())
}
