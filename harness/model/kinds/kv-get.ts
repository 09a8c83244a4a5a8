/** Gets from a bucket: the last value of a key, asked of the stream directly (`$JS.API.DIRECT.GET`, ADR-31). */
import { z } from 'zod'
import { bucketStream, bucketSubject } from '../buckets.ts'
import { defineKind } from './kind.ts'
import { asking, getBatch, gettingFacts, gettingJob, keyed, keyedWords, planGetting } from './kv-parts.ts'

export const kvGet = defineKind({
  fields: z.strictObject({
    kind: z.literal('kv-get').describe('Gets values of a bucket and times each.'),
    ...keyed,
    ...asking,
    batch: getBatch,
  }),
  job: z.strictObject({ kind: z.literal('kv-get'), ...gettingJob }),
  plan: (workload, place) => ({
    kind: 'kv-get' as const,
    ...planGetting(workload, place, {
      stream: bucketStream(workload.bucket),
      subject: bucketSubject(workload.bucket),
      by: 'last',
      of: workload.keys,
    }),
  }),
  words: (job) => keyedWords(`${job.of} keys`, job),
  ...gettingFacts,
  imported: {
    name: 'get',
    client: 'S',
    call: 'rttService',
    fields: () => ({ bucket: 'imported', arrivals: { kind: 'closed', inFlight: 1 } }),
  },
  verb: 'gets from a bucket',
})
