/** Gets objects: the metadata of one, then its chunks through a consumer of their own, checked against its digest (ADR-20). */
import { z } from 'zod'
import { defineKind } from './kind.ts'
import { objectFacts, objectFields, objectJob, objectWords, planObjects } from './object-parts.ts'
import { order } from './kv-parts.ts'
import { count } from '../count.ts'

export const objectGet = defineKind({
  fields: z.strictObject({
    kind: z.literal('object-get').describe('Gets the objects that a store is filled with, checks and times each.'),
    ...objectFields,
    order,
  }),
  job: z.strictObject({ kind: z.literal('object-get'), ...objectJob, random: z.boolean() }),
  plan: (workload, place) => ({
    kind: 'object-get' as const,
    ...planObjects(workload, place, place.stores.objects[workload.store]?.filled?.objects ?? 0),
    random: workload.order === 'random',
  }),
  words: (job) => objectWords(`${count(job.objects, 'object')}${job.random ? ' at random' : ' in turn'}`, job),
  ...objectFacts,
  histograms: ['rtt', 'rttService', 'lag'],
  mainTime: 'rtt',
  lateWords: 'objects due and not got in time',
  account: { metric: 'late', words: 'objects not got in time' },
  verb: 'gets objects',
})
