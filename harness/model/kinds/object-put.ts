/** Puts objects: chunks, each acknowledged, then the object's metadata with a digest (ADR-20). Its time ends with the last acknowledgement. */
import { z } from 'zod'
import { count } from '../fields.ts'
import { objectBytes } from '../objects.ts'
import { defineKind } from './kind.ts'
import { objectFacts, objectFields, objectJob, objectWords, planObjects } from './object-parts.ts'
import { whole } from './parts.ts'

export const objectPut = defineKind({
  fields: z.strictObject({
    kind: z.literal('object-put').describe('Puts objects into a store and times each until all of it is acknowledged.'),
    ...objectFields,
    bytes: objectBytes,
    names: count(1000)
      .default(10)
      .describe('Names that each connection uses, in turn: a new object replaces the one with the same name.'),
  }),
  job: z.strictObject({ kind: z.literal('object-put'), ...objectJob, bytes: whole }),
  plan: (workload, place) => ({
    kind: 'object-put' as const,
    ...planObjects(workload, place, workload.names),
    bytes: workload.bytes,
  }),
  words: (job) => objectWords(`${job.objects} objects of ${job.bytes} B`, job),
  ...objectFacts,
  acknowledged: true,
  histograms: ['ack', 'ackService', 'lag'],
  mainTime: 'ack',
  lateWords: 'objects due and not put in time',
  account: { metric: 'late', words: 'objects not put in time' },
  verb: 'puts objects',
})
