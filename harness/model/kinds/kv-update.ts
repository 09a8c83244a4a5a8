/**
 * Updates of a bucket: a put that is taken only when the revision that is there is the one last seen (compare and set, header
 * `Nats-Expected-Last-Subject-Sequence`). Where another was faster it is a conflict: counted, and no error.
 */
import { z } from 'zod'
import { defineKind } from './kind.ts'
import { keyedWords, planPutting, putting, puttingFacts, puttingJob } from './kv-parts.ts'

export const kvUpdate = defineKind({
  fields: z.strictObject({
    kind: z
      .literal('kv-update')
      .describe('Puts a value if its key still has the revision last seen, and counts the conflicts where it has not.'),
    ...putting,
  }),
  job: z.strictObject({ kind: z.literal('kv-update'), ...puttingJob }),
  plan: (workload, place) => ({ kind: 'kv-update' as const, ...planPutting(workload, place) }),
  words: (job) => keyedWords(`revisions of ${job.keys} keys`, job),
  ...puttingFacts,
  ownHeaders: 'always',
  imported: undefined,
  verb: 'updates a bucket',
})
