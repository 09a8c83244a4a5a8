/** All kinds of work. A new workload kind is a file beside this one, a line in each list here, and its job in agent/jobs.ts. */
import { z } from 'zod'
import type { JobFacts, KindFacts } from './kind.ts'
import { jsConsume } from './js-consume.ts'
import { jsGet } from './js-get.ts'
import { jsPublish } from './js-publish.ts'
import { kvGet } from './kv-get.ts'
import { kvPut } from './kv-put.ts'
import { kvUpdate } from './kv-update.ts'
import { kvWatch } from './kv-watch.ts'
import { objectGet } from './object-get.ts'
import { objectPut } from './object-put.ts'
import { publish } from './publish.ts'
import { reply } from './reply.ts'
import { request } from './request.ts'
import { subscribe } from './subscribe.ts'
import { echo, ping, probe, streams } from './support.ts'

export const workloadSchema = z.discriminatedUnion('kind', [
  publish.fields,
  subscribe.fields,
  request.fields,
  reply.fields,
  jsPublish.fields,
  jsConsume.fields,
  jsGet.fields,
  kvPut.fields,
  kvGet.fields,
  kvUpdate.fields,
  kvWatch.fields,
  objectPut.fields,
  objectGet.fields,
])
export const jobSchema = z.discriminatedUnion('kind', [
  publish.job,
  subscribe.job,
  request.job,
  reply.job,
  jsPublish.job,
  jsConsume.job,
  jsGet.job,
  kvPut.job,
  kvGet.job,
  kvUpdate.job,
  kvWatch.job,
  objectPut.job,
  objectGet.job,
  echo.job,
  ping.job,
  probe.job,
  streams.job,
])

/** A workload of a checked scenario. */
export type Workload = z.output<typeof workloadSchema>
/** One agent's work. */
export type Job = z.output<typeof jobSchema>
export type WorkloadKind = Workload['kind']
export type JobKind = Job['kind']

/** Workloads that send to a subject by a schedule of their own. */
export type Sender = Extract<Workload, { readonly arrivals: unknown; readonly subject: string }>
/** Workloads that work by a schedule: senders, and those that put into a bucket or ask a stream. */
export type Scheduled = Extract<Workload, { readonly arrivals: unknown }>
/** Workloads that get what others send to a subject. */
export type Receiver = Exclude<Extract<Workload, { readonly subject: string }>, Sender>

/** What is asked of a workload kind. */
export const kinds: { readonly [K in WorkloadKind]: KindFacts<Workload, Job> } = {
  publish,
  subscribe,
  request,
  reply,
  'js-publish': jsPublish,
  'js-consume': jsConsume,
  'js-get': jsGet,
  'kv-put': kvPut,
  'kv-get': kvGet,
  'kv-update': kvUpdate,
  'kv-watch': kvWatch,
  'object-put': objectPut,
  'object-get': objectGet,
}

const jobs: { readonly [K in JobKind]: JobFacts<Job> } = { ...kinds, echo, ping, probe, streams }

export function isKind(name: string): name is WorkloadKind {
  return Object.hasOwn(kinds, name)
}

/** What is asked of the kind of a job. */
export function factsOf(kind: JobKind): JobFacts<Job> {
  return jobs[kind]
}

/** What is asked of the kind of a workload; undefined for jobs beside the workloads. */
export function workloadFacts(kind: JobKind): KindFacts<Workload, Job> | undefined {
  return (kinds as Readonly<Partial<Record<JobKind, KindFacts<Workload, Job>>>>)[kind]
}

export function isSender(workload: Workload): workload is Sender {
  return 'arrivals' in workload && 'subject' in workload
}

export function isScheduled(workload: Workload): workload is Scheduled {
  return 'arrivals' in workload
}

export function isReceiver(workload: Workload): workload is Receiver {
  return 'subject' in workload && !isSender(workload)
}
