/** Jobs beside the workloads: the harness floor (a raw TCP echo and who asks it), and the look at the servers. */
import { z } from 'zod'
import { defineJob } from './kind.ts'
import { streamConfigSchema } from '../streams.ts'
import { list, payloadPlan, target, whole } from './parts.ts'

/** What sends no samples and no messages, and goes on until it is told to finish. */
const quiet = { measures: false, ends: false, counts: 'received', publishes: false } as const

/** Answers on its node. */
export const echo = defineJob({
  job: z.strictObject({ kind: z.literal('echo'), listen: target }),
  ...quiet,
  role: 'floor',
  words: (job) => `at ${job.listen.host}:${job.listen.port}`,
})

/** Asks the echo of another node, closed loop. */
export const ping = defineJob({
  job: z.strictObject({ kind: z.literal('ping'), to: target, bytes: whole, durationMs: z.number() }),
  role: 'floor',
  measures: true,
  ends: true,
  counts: 'received',
  publishes: false,
  words: (job) =>
    `to ${job.to.host}:${job.to.port}, ${job.bytes} B for ${Number((job.durationMs / 1000).toFixed(2))} s`,
})

/** Polls the monitoring port of each server once a second. */
export const probe = defineJob({
  job: z.strictObject({ kind: z.literal('probe'), servers: list(z.strictObject({ node: z.string(), target })) }),
  ...quiet,
  role: 'watch',
  words: (job) => job.servers.map(({ node }) => node).join(', '),
})

/** Makes the streams of a block before its load; when all others are done it reads them from their start, then removes them. */
export const streams = defineJob({
  job: z.strictObject({
    kind: z.literal('streams'),
    streams: list(
      z.strictObject({
        name: z.string(),
        config: streamConfigSchema,
        server: target,
        /** The other servers of its cluster, for when that one is not there. */
        others: list(target).exactOptional(),
        monitors: list(z.strictObject({ node: z.string(), target })),
        consumers: list(z.strictObject({ name: z.string(), config: streamConfigSchema })),
        /** Is it a bucket, of values or of objects? Then those who put into it look after that at the end. */
        bucket: z.literal(true).exactOptional(),
        /** Objects that are put into it first. */
        objects: z.strictObject({ store: z.string(), objects: whole, bytes: whole }).exactOptional(),
        /** Messages that are put into it first. With several subjects: `subject.0` and on, in turn. */
        fill: z
          .strictObject({ subject: z.string(), subjects: whole, messages: whole, payload: payloadPlan })
          .exactOptional(),
      }),
    ),
  }),
  ...quiet,
  role: 'store',
  words: (job) => job.streams.map(({ name }) => name).join(', '),
})
