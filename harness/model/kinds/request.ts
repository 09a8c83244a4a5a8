/** Requesters: requests to a subject and the time until each is answered. */
import { z } from 'zod'
import { arrivalsSchema, base, headers, payloadSchema, someTime } from '../fields.ts'
import { durationMs } from '../units.ts'
import { defineKind, asker } from './kind.ts'
import { lacksOfClient } from './nats-bench-parts.ts'
import { planSending, sending, sendingWords } from './parts.ts'

export const request = defineKind({
  fields: z.strictObject({
    kind: z.literal('request').describe('Sends requests and times each answer.'),
    ...base,
    payload: payloadSchema,
    headers,
    arrivals: arrivalsSchema,
    timeout: someTime.default('2s').describe('How long an answer may take; later counts as late.'),
  }),
  job: z.strictObject({ kind: z.literal('request'), ...sending, timeoutMs: z.number() }),
  plan: (workload, place) => ({
    kind: 'request' as const,
    ...planSending(workload, place),
    timeoutMs: durationMs(workload.timeout) ?? 0,
  }),
  words: (job) => sendingWords(job.subject, job),
  ...asker,
  verb: 'requests',
  answeredBy: 'reply',
  refuses: { flood: 'must be open or "closed" for requests' },
  histograms: ['rtt', 'rttService', 'lag'],
  mainTime: 'rtt',
  lateWords: 'requests due and not sent, or without an answer in time',
  account: { metric: 'late', words: 'requests not sent in time or without an answer' },
  imported: {
    name: 'req',
    client: 'P',
    call: 'rttService',
    fields: (bytes) => ({ subject: 'imported', payload: { bytes }, arrivals: { kind: 'closed', inFlight: 1 } }),
  },
  natsBench: {
    words: (job) => ['service', 'request', job.subject, '--size', String(job.payload.bytes)],
    lacks: (job) =>
      lacksOfClient(job) ??
      (job.arrivals.kind === 'closed' && job.arrivals.inFlight === 1
        ? undefined
        : 'must be closed with 1 in flight, as requests of nats bench are'),
    takes: 'own',
    metric: 'rtt.p50',
  },
  natsJs: { packages: [], lacks: [] },
})
