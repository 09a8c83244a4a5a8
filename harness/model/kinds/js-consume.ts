/** Consumers of a stream: take what it delivers, acknowledge it, keep account of who sent what. */
import { z } from 'zod'
import { count, duration, share, someTime } from '../fields.ts'
import { streamName, type Consumer } from '../streams.ts'
import { durationMs } from '../units.ts'
import { defineKind, receiver } from './kind.ts'
import {
  connected,
  connectionWords,
  noReconnect,
  ofStreams,
  onStreams,
  planConnected,
  planSeat,
  whole,
} from './parts.ts'

/** Where a push consumer sends its messages: no stream of a scenario may have it, for a scenario's subjects do not begin so. */
export const deliverSubject = (consumer: string) => `_INBOX.deliver.${consumer}`

export const jsConsume = defineKind({
  fields: z.strictObject({
    kind: z.literal('js-consume').describe('Takes the messages of a consumer and times each from its stamp.'),
    ...onStreams,
    consumer: streamName.describe(
      'One of `consumers`. Connections and agents share it; of an ordered one each has its own.',
    ),
    take: z
      .enum(['continuous', 'fetch'])
      .default('continuous')
      .describe(
        'Pull consumers only. `continuous`: request more before all messages have arrived. `fetch`: request a batch when the last one is done.',
      ),
    batch: count(100_000)
      .default(500)
      .describe(
        'Pull consumers only: messages that each connection requests at once, at most; for `fetch`, the size of a batch.',
      ),
    expires: someTime.default('30s').describe('How long the server keeps a request for messages.'),
    work: duration.optional().describe('Time that each message takes; each connection handles one after the other.'),
    nak: share.describe(
      'Share of the deliveries that get a negative acknowledgement (drawn by the seed) and are delivered again.',
    ),
  }),
  job: z.strictObject({
    kind: z.literal('js-consume'),
    ...connected,
    stream: z.string(),
    consumer: z.string(),
    /** Who shares the messages; absent where each connection has a consumer of its own. */
    queue: z.string().exactOptional(),
    take: z.enum(['continuous', 'fetch', 'ordered', 'push']),
    /** Where a push consumer sends its messages. */
    deliver: z.string().exactOptional(),
    ack: z.enum(['none', 'explicit', 'all', 'double']),
    /** Of an ordered consumer: where it begins. */
    start: z.enum(['all', 'new', 'last_per_subject']),
    batch: whole,
    expiresMs: z.number(),
    workMs: z.number(),
    nak: z.number(),
    seed: whole,
    publishers: whole,
  }),
  plan(workload, place) {
    const { consumer, batch, expires, work, nak } = workload
    const made: Partial<Consumer> = place.stores.consumers[consumer] ?? {}
    const { stream = '', kind = 'pull', ack = 'explicit', filter = '', start = 'all' } = made
    return {
      kind: 'js-consume' as const,
      ...planConnected({ ...workload, subject: filter }, place),
      ...planSeat(workload.via, place, stream, kind === 'ordered' ? undefined : consumer),
      stream,
      consumer,
      ...(kind === 'ordered' ? {} : { queue: consumer }),
      take: kind === 'pull' ? workload.take : kind,
      ...(kind === 'push' ? { deliver: deliverSubject(consumer) } : {}),
      ack: kind === 'ordered' ? ('none' as const) : ack,
      start,
      batch,
      expiresMs: durationMs(expires) ?? 0,
      workMs: work === undefined ? 0 : (durationMs(work) ?? 0),
      nak,
      seed: (place.seed + place.member) >>> 0,
      publishers: place.publishers,
    }
  },
  words(job) {
    const by = job.take === 'fetch' || job.take === 'continuous' ? `${job.take} ${job.batch}` : job.take
    const rest = [job.workMs > 0 ? `works ${job.workMs} ms` : '', job.nak > 0 ? `nak ${job.nak * 100} %` : '']
    const parts = [`${job.consumer} of ${job.stream}`, by, `ack ${job.ack}`, ...rest.filter((part) => part !== '')]
    return `${parts.join(', ')}, ${connectionWords(job.connections)}, ${job.engine}`
  },
  ...receiver,
  verb: 'consumes',
  consumes: true,
  histograms: ['latency', 'service', 'confirm', 'fetch'],
  timed: 'some',
  account: { metric: 'undelivered', words: 'messages acknowledged and never delivered' },
  imported: { name: 'read', client: 'S', call: undefined, fields: () => ({ consumer: 'imported' }) },
  natsBench: undefined,
  natsJs: {
    packages: ofStreams,
    lacks: [
      noReconnect,
      {
        field: 'expires',
        must: 'at least "1s"',
        why: 'the package allows no shorter request',
        takes: (value) => (durationMs(String(value)) ?? 0) >= 1000,
      },
    ],
  },
})
