/** Publishers: messages to a subject, by a schedule or as fast as it goes. */
import { z } from 'zod'
import { arrivalsSchema, base, between, headers, payloadSchema } from '../fields.ts'
import { defineKind, sender } from './kind.ts'
import { lacksOfClient } from './nats-bench-parts.ts'
import { planSending, sending, sendingWords, whole } from './parts.ts'

export const publish = defineKind({
  fields: z.strictObject({
    kind: z.literal('publish').describe('Sends messages to a subject.'),
    ...base,
    subjects: between(2, 1_000_000)
      .optional()
      .describe('Publish in turn to `subject.0` ... `subject.N-1` instead of `subject`.'),
    payload: payloadSchema,
    headers,
    arrivals: arrivalsSchema,
  }),
  job: z.strictObject({ kind: z.literal('publish'), ...sending, subjects: whole }),
  plan: (workload, place) => ({
    kind: 'publish' as const,
    ...planSending(workload, place),
    subjects: workload.subjects ?? 1,
  }),
  words: (job) => sendingWords(job.subjects > 1 ? `${job.subject}.0 to .${job.subjects - 1}` : job.subject, job),
  ...sender,
  verb: 'publishes',
  refuses: { closed: 'must be open or "flood" for a publisher' },
  histograms: ['lag'],
  mainTime: undefined,
  lateWords: 'messages due and not sent',
  account: undefined,
  imported: {
    name: 'pub',
    client: 'P',
    call: undefined,
    fields: (bytes) => ({ subject: 'imported', payload: { bytes }, arrivals: { kind: 'flood' } }),
  },
  natsBench: {
    words: (job) => ['pub', job.subject, '--size', String(job.payload.bytes)],
    lacks: (job) =>
      lacksOfClient(job) ??
      (job.arrivals.kind !== 'flood'
        ? `sends by a schedule ("${job.arrivals.kind}"), nats bench only floods`
        : job.subjects > 1
          ? 'has several subjects'
          : undefined),
    takes: 'own',
    metric: 'throughput',
  },
  natsJs: { packages: [], lacks: [] },
})
