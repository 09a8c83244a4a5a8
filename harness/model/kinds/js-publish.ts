/** Publishers to a stream: each message asks for its PubAck, and up to `window` of them wait for it on each connection. */
import { z } from 'zod'
import { arrivalsSchema, base, count, duration, headers, payloadSchema } from '../fields.ts'
import { durationMs } from '../units.ts'
import { defineKind } from './kind.ts'
import { planSending, sending, sendingWords, whole } from './parts.ts'

export const jsPublish = defineKind({
  fields: z.strictObject({
    kind: z.literal('js-publish').describe('Sends messages to a stream and waits for the PubAck of each.'),
    ...base,
    engine: z.literal('wire').default('wire').describe("The client: the harness's own."),
    payload: payloadSchema,
    headers,
    arrivals: arrivalsSchema,
    window: count(10_000).describe('Messages of each connection that may wait for their PubAck. 1: synchronous.'),
    timeout: duration.default('5s').describe('How long a PubAck may take; later counts as late.'),
  }),
  job: z.strictObject({ kind: z.literal('js-publish'), ...sending, window: whole, timeoutMs: z.number() }),
  plan: (workload, place) => ({
    kind: 'js-publish' as const,
    ...planSending(workload, place),
    window: workload.window,
    timeoutMs: durationMs(workload.timeout) ?? 0,
  }),
  words: (job) => `${sendingWords(job.subject, job)}, window ${job.window}`,
  role: 'load',
  measures: true,
  ends: true,
  counts: 'received',
  publishes: true,
  verb: 'publishes to a stream',
  direction: 'out',
  delivered: true,
  hears: undefined,
  answeredBy: undefined,
  acknowledged: true,
  consumes: false,
  refusable: true,
  refuses: {},
  needsStamps: true,
  takesStrangers: false,
  fallsBehind: true,
  histograms: ['ack', 'ackService', 'lag'],
  mainTime: 'ack',
  keepsOrder: false,
  lateWords: 'messages due and not sent, or without an acknowledgement in time',
  account: { metric: 'late', words: 'messages not sent in time or without an acknowledgement' },
  limiter: 'generator',
})
