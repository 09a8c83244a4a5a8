/**
 * Which file does which kind of job. A new kind breaks the build here, not a run. What core NATS needs is there from the start and
 * becomes one file (lab/bundle.ts); the rest is loaded when asked for, for an agent starts several times a minute, often on a slow
 * board, and does one job.
 */
import type { Job, JobKind } from '../model/plan.ts'
import { prepareEcho } from './echo.ts'
import { Failure } from './failure.ts'
import type { JobContext, Prepare, Work } from './job.ts'
import { preparePing } from './ping.ts'
import { prepareProbe } from './probe.ts'
import { preparePublish } from './publish.ts'
import { prepareReply } from './reply.ts'
import { prepareRequest } from './request.ts'
import { prepareSubscribe } from './subscribe.ts'

const now =
  <T>(prepare: T): (() => Promise<T>) =>
  () =>
    Promise.resolve(prepare)

const jobs: { readonly [K in JobKind]: () => Promise<Prepare<K>> } = {
  publish: now(preparePublish),
  subscribe: now(prepareSubscribe),
  request: now(prepareRequest),
  reply: now(prepareReply),
  'js-publish': async () => (await import('./js-publish.ts')).prepareJsPublish,
  'js-consume': async () => (await import('./js-consume.ts')).prepareJsConsume,
  'js-get': async () => (await import('./get.ts')).prepareGet,
  'kv-put': async () => (await import('./kv-write.ts')).prepareKvWrite,
  'kv-update': async () => (await import('./kv-write.ts')).prepareKvWrite,
  'kv-get': async () => (await import('./get.ts')).prepareGet,
  'kv-watch': async () => (await import('./kv-watch.ts')).prepareKvWatch,
  'object-put': async () => (await import('./objects.ts')).prepareObjectPut,
  'object-get': async () => (await import('./objects.ts')).prepareObjectGet,
  streams: async () => (await import('./streams.ts')).prepareStreams,
  echo: now(prepareEcho),
  ping: now(preparePing),
  probe: now(prepareProbe),
}

/** The kinds that engine nats.js does by packages of its own. */
const byPackages: { readonly [K in JobKind]?: () => Promise<Prepare<K>> } = {
  'js-publish': async () => (await import('./nats-js-publish.ts')).prepareJsPublish,
  'js-consume': async () => (await import('./nats-js-consume.ts')).prepareJsConsume,
  'js-get': async () => (await import('./nats-js-get.ts')).prepareGet,
  'kv-put': async () => (await import('./nats-js-kv-write.ts')).prepareKvWrite,
  'kv-update': async () => (await import('./nats-js-kv-write.ts')).prepareKvWrite,
  'kv-get': async () => (await import('./nats-js-get.ts')).prepareGet,
  'kv-watch': async () => (await import('./nats-js-kv-watch.ts')).prepareKvWatch,
  'object-put': async () => (await import('./nats-js-objects.ts')).prepareObjectPut,
  'object-get': async () => (await import('./nats-js-objects.ts')).prepareObjectGet,
}

export async function prepare(job: Job, context: JobContext): Promise<Work> {
  const load = Object.hasOwn(jobs, job.kind) ? jobs[job.kind] : undefined
  if (load === undefined) throw new Failure('protocol', `job kind must be one of ${Object.keys(jobs).join(', ')}`)
  const other = 'engine' in job && job.engine === 'nats.js' ? byPackages[job.kind] : undefined
  const prepareIt = (await (other ?? load)()) as (job: Job, context: JobContext) => Promise<Work>
  if (!('seat' in job) || job.seat === undefined) return prepareIt(job, context)
  const { takeSeat } = await import('./seat.ts')
  const { job: seated, watch } = await takeSeat(job, job.seat, context)
  return watch(await prepareIt(seated, context))
}
