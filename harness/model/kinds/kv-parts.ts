/** What the kinds share that put into a bucket or get from it: one request after the other, each answered. */
import { z } from 'zod'
import { arrivalsSchema, between, count, payloadSchema, someTime } from '../fields.ts'
import { bucketStream, bucketSubject, type Bucket } from '../buckets.ts'
import { streamName } from '../streams.ts'
import { durationMs } from '../units.ts'
import {
  connected,
  connectionWords,
  noReconnect,
  ofBuckets,
  onStreams,
  planSeat,
  planSending,
  rateWords,
  sending,
  sizeWords,
  whole,
  type Place,
  type Sizes,
} from './parts.ts'
import { asker } from './kind.ts'

export const order = z
  .enum(['turn', 'random'])
  .default('turn')
  .describe('`turn`: one after the other. `random`: at random, drawn by the seed.')

export const asking = {
  arrivals: arrivalsSchema,
  window: count(10_000).default(1).describe('Messages of each connection that may wait for their answer.'),
  timeout: someTime.default('5s').describe('How long an answer may take; later counts as late.'),
}

export const bucket = streamName.describe('One of `buckets`.')

export const keyed = {
  ...onStreams,
  bucket,
  keys: count(100_000).default(1000).describe('How many keys are used: `key.0`, `key.1` and so on.'),
  order,
}

export const putting = {
  ...keyed,
  payload: payloadSchema,
  ...asking,
  readOwn: z
    .enum(['direct', 'leader'])
    .optional()
    .describe(
      'Read each value when it is acknowledged, over a second connection to the same server. `direct`: by a direct get, which any server with a copy answers. `leader`: from the leader. `staleReads` counts the reads that find an older value.',
    ),
}

/** One agent's part of a workload that puts. */
export const puttingJob = {
  ...sending,
  stream: z.string(),
  keys: whole,
  random: z.boolean(),
  window: whole,
  timeoutMs: z.number(),
  /** Keys that were there before the load, from the first on. */
  filled: whole,
  /** Does the bucket forget values after a time? Then one that is gone is not lost. */
  expires: z.boolean(),
  /** Are values read back at once, and where? */
  readOwn: z.enum(['direct', 'leader']).exactOptional(),
}

export const getBatch = between(2, 1000)
  .optional()
  .describe(
    'How many messages or values one request gets (ADR-31; a server of 2.11 or later). Needs window 1: each connection has one request in flight.',
  )

/** One agent's part of a workload that gets: the last message of a subject, or one by its sequence number. */
export const gettingJob = {
  ...connected,
  publisher: whole,
  seed: whole,
  arrivals: arrivalsSchema,
  stream: z.string(),
  /** `last`: of `subject`, or of `subject.0` and on. `sequence`: from 1. */
  by: z.enum(['last', 'sequence']),
  /** How many subjects, or sequence numbers. */
  of: whole,
  random: z.boolean(),
  window: whole,
  timeoutMs: z.number(),
  /** Messages of one request. */
  batch: whole.exactOptional(),
}

type Putting = z.output<z.ZodObject<typeof putting>>
type Asked = Pick<Putting, 'engine' | 'arrivals' | 'window' | 'timeout' | 'connections' | 'reconnect' | 'order' | 'via'>

export function planPutting(workload: Putting, place: Place) {
  const made: Partial<Bucket> = place.stores.buckets[workload.bucket] ?? {}
  return {
    ...planSending({ ...workload, subject: bucketSubject(workload.bucket) }, place),
    ...planSeat(workload.via, place, bucketStream(workload.bucket)),
    stream: bucketStream(workload.bucket),
    keys: workload.keys,
    random: workload.order === 'random',
    window: workload.window,
    timeoutMs: durationMs(workload.timeout) ?? 0,
    filled: made.filled?.keys ?? 0,
    expires: made.ttl !== undefined,
    ...(workload.readOwn === undefined ? {} : { readOwn: workload.readOwn }),
  }
}

/** `from`: the stream, its subject, and by what it is asked. */
export function planGetting(
  workload: Asked & { readonly batch?: number | undefined },
  place: Place,
  from: { readonly stream: string; readonly subject: string; readonly by: 'last' | 'sequence'; readonly of: number },
) {
  const payload = { bytes: 0, compressible: 0 }
  const {
    payload: _payload,
    headers: _headers,
    ...rest
  } = planSending({ ...workload, subject: from.subject, payload }, place)
  return {
    ...rest,
    ...planSeat(workload.via, place, from.stream),
    ...from,
    seed: (place.seed + place.publisher) >>> 0,
    random: workload.order === 'random',
    window: workload.window,
    timeoutMs: durationMs(workload.timeout) ?? 0,
    ...(workload.batch === undefined ? {} : { batch: workload.batch }),
  }
}

/** Of a job that gets; what one that puts has besides is said too. */
type Said = Pick<
  z.output<z.ZodObject<typeof gettingJob>>,
  'engine' | 'stream' | 'random' | 'window' | 'connections' | 'arrivals' | 'batch'
>

/** `1000 keys of KV_state in turn, 128 B, 500 msg/s, window 1, 1 connection`. */
export function keyedWords(what: string, job: Said & { readonly payload?: Sizes; readonly readOwn?: string }): string {
  const parts = [
    `${what} of ${job.stream}${job.random ? ' at random' : ' in turn'}`,
    ...(job.payload === undefined ? [] : [sizeWords(job.payload)]),
    rateWords(job.arrivals),
    `window ${job.window}`,
    ...(job.batch === undefined ? [] : [`${job.batch} in one get`]),
    ...(job.readOwn === undefined ? [] : [`each read back (${job.readOwn})`]),
    connectionWords(job.connections),
    ...(job.engine === 'wire' ? [] : [job.engine]),
  ]
  return parts.join(', ')
}

/** What is true of every kind whose messages a stream answers one by one. */
export const answered = { ...asker, refusable: true, refuses: {}, natsBench: undefined } as const

export const puttingFacts = {
  ...answered,
  acknowledged: true,
  histograms: ['ack', 'ackService', 'lag'],
  mainTime: 'ack',
  lateWords: 'puts due and not sent, or without an acknowledgement in time',
  account: { metric: 'late', words: 'puts not sent in time or without an acknowledgement' },
  natsJs: { packages: ofBuckets, lacks: [noReconnect] },
} as const

export const gettingFacts = {
  ...answered,
  // It sends fewer requests than it gets messages where one request asks for many.
  publishes: false,
  histograms: ['rtt', 'rttService', 'fetch', 'lag'],
  mainTime: 'rtt',
  lateWords: 'gets due and not sent, or without an answer in time',
  account: { metric: 'late', words: 'gets not sent in time or without an answer' },
  natsJs: { packages: ofBuckets, lacks: [noReconnect] },
} as const
