/** Puts into a bucket: publish to `$KV.<bucket>.<key>` and wait for the acknowledgement, which is the revision (ADR-8). */
import { z } from 'zod'
import { defineKind } from './kind.ts'
import { keyedWords, planPutting, putting, puttingFacts, puttingJob } from './kv-parts.ts'

export const kvPut = defineKind({
  fields: z.strictObject({
    kind: z.literal('kv-put').describe('Puts values into a bucket and times each until it is acknowledged.'),
    ...putting,
  }),
  job: z.strictObject({ kind: z.literal('kv-put'), ...puttingJob }),
  plan: (workload, place) => ({ kind: 'kv-put' as const, ...planPutting(workload, place) }),
  words: (job) => keyedWords(`${job.keys} keys`, job),
  ...puttingFacts,
  imported: {
    name: 'put',
    client: 'P',
    call: 'ackService',
    fields: (bytes) => ({ bucket: 'imported', payload: { bytes }, arrivals: { kind: 'flood' } }),
  },
  verb: 'puts into a bucket',
})
