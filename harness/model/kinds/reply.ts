/** Repliers: answer every request. */
import { z } from 'zod'
import { base, evenPayload, queue } from '../fields.ts'
import { defineKind, receiver } from './kind.ts'
import { lacksOfListener } from './nats-bench-parts.ts'
import {
  connected,
  connectionWords,
  payloadPlan,
  planConnected,
  planPayload,
  planWork,
  queueWords,
  work,
  workWords,
} from './parts.ts'

export const reply = defineKind({
  fields: z.strictObject({
    kind: z.literal('reply').describe('Answers every request.'),
    ...base,
    queue,
    work,
    payload: evenPayload.optional().describe("What an answer carries; left out: the request's own bytes."),
  }),
  job: z.strictObject({
    kind: z.literal('reply'),
    ...connected,
    queue: z.string().exactOptional(),
    /** Milliseconds that a handler takes for each message. */
    workMs: z.number().exactOptional(),
    /** Absent: the request's own bytes come back. */
    payload: payloadPlan.exactOptional(),
  }),
  plan: (workload, place) => ({
    kind: 'reply' as const,
    ...planConnected(workload, place),
    ...(workload.queue === undefined ? {} : { queue: workload.queue }),
    ...planWork(workload.work),
    ...(workload.payload === undefined ? {} : { payload: planPayload(workload.payload, place) }),
  }),
  words: (job) =>
    `${job.subject}${queueWords(job.queue)}${workWords(job.workMs)}, ${job.payload === undefined ? 'echo' : `${job.payload.bytes} B`}, ${connectionWords(job.connections)}, ${job.engine}`,
  ...receiver,
  counts: 'sent',
  publishes: true,
  verb: 'replies',
  delivered: false,
  hears: { wants: 'request', only: { must: 'must match requests only', but: 'which is published to' } },
  needsStamps: false,
  takesStrangers: true,
  fallsBehind: false,
  histograms: [],
  timed: 'some',
  mainTime: undefined,
  keepsOrder: false,
  account: { metric: 'loss', words: 'messages lost' },
  imported: undefined,
  natsBench: {
    words: (job) => ['service', 'serve', job.subject],
    lacks: (job) =>
      lacksOfListener(job) ?? (job.payload === undefined ? undefined : 'answers with a payload of its own'),
    takes: 'none',
    metric: undefined,
  },
  natsJs: { packages: [], lacks: [] },
})
