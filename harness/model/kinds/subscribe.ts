/** Subscribers: count every message, read its stamp, keep the account of each publisher. */
import { z } from 'zod'
import { base, queue } from '../fields.ts'
import { defineKind, receiver } from './kind.ts'
import { lacksOfListener } from './nats-bench-parts.ts'
import { connected, connectionWords, planConnected, planWork, queueWords, whole, work, workWords } from './parts.ts'

export const subscribe = defineKind({
  fields: z.strictObject({
    kind: z.literal('subscribe').describe('Counts messages and times each from its stamp.'),
    ...base,
    queue,
    work,
  }),
  job: z.strictObject({
    kind: z.literal('subscribe'),
    ...connected,
    queue: z.string().exactOptional(),
    /** Milliseconds that a handler takes for each message. */
    workMs: z.number().exactOptional(),
    /** Are all messages of its publishers stamped? Without stamps only counts and bytes are measured. */
    stamped: z.boolean(),
    /** Publisher numbers run from 0 to this, exclusive. */
    publishers: whole,
  }),
  plan: (workload, place) => ({
    kind: 'subscribe' as const,
    ...planConnected(workload, place),
    ...(workload.queue === undefined ? {} : { queue: workload.queue }),
    ...planWork(workload.work),
    stamped: place.stamped,
    publishers: place.publishers,
  }),
  words: (job) =>
    `${job.subject}${queueWords(job.queue)}${workWords(job.workMs)}, ${connectionWords(job.connections)}, ${job.engine}${job.stamped ? '' : ', counts only (payloads below 16 B)'}${/^[*>]/.test(job.subject) ? ', replies and subjects below $ not counted' : ''}`,
  ...receiver,
  verb: 'subscribes',
  hears: { wants: 'publish' },
  histograms: ['latency', 'service'],
  timed: 'each',
  account: { metric: 'loss', words: 'messages lost' },
  imported: { name: 'sub', client: 'S', call: undefined, fields: () => ({ subject: 'imported' }) },
  natsBench: { words: (job) => ['sub', job.subject], lacks: lacksOfListener, takes: 'all', metric: 'throughput' },
  natsJs: { packages: [], lacks: [] },
})
