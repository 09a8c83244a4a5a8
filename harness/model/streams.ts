/** JetStream streams as a scenario has them, as a plan has them, and as a server has them. */
import { z } from 'zod'
import { between, count, duration, label, size, someTime, subject } from './fields.ts'
import { dictionary, list } from './json.ts'
import type { Bucket } from './buckets.ts'
import type { ObjectStore } from './objects.ts'
import { coverage } from './subject.ts'

/** Without a dot, for the name is a token of the subjects of the JetStream API (ADR-6). */
export const streamName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,60}$/, 'must be a name of 1 to 60 letters, digits, dashes or underscores')

export const streamSchema = z.strictObject({
  on: label.describe('The group of servers that has it; they need `server: { jetstream: true }`.'),
  subjects: z.array(subject).min(1).max(100).describe('Subjects whose messages it stores; `*` and `>` are allowed.'),
  storage: z.enum(['file', 'memory']).default('file').describe('Where messages are kept.'),
  replicas: count(5).default(1).describe('Servers that hold a copy; at most the servers of its group.'),
  maxBytes: size.optional().describe('Most bytes that it holds.'),
  maxMessages: count(1_000_000_000).optional().describe('Most messages that it holds.'),
  discard: z
    .enum(['new', 'old'])
    .default('new')
    .describe(
      'At a limit: refuse new messages, or remove old ones. The default of the server is `old`; with `new` nothing is lost unnoticed.',
    ),
  dedupWindow: duration
    .optional()
    .describe("How long message ids are remembered; left out: two minutes, the server's default."),
  retention: z
    .enum(['limits', 'interest', 'workqueue'])
    .default('limits')
    .describe(
      'When a message is removed: at a limit, when every consumer has it, or when one consumer has acknowledged it.',
    ),
  compression: z.enum(['none', 's2']).default('none').describe('Compression of the stored files.'),
  persistMode: z
    .enum(['default', 'async'])
    .default('default')
    .describe('`async`: acknowledge before the message is written; one replica and a server of 2.12 or later only.'),
  atomic: z
    .boolean()
    .default(false)
    .describe(
      'Take batches that are stored as a whole or not at all (`batch` of `js-publish`); a server of 2.12 or later only.',
    ),
  fast: z
    .boolean()
    .default(false)
    .describe('Take fast batches (`flow` of `js-publish`); a server of 2.14 or later only.'),
  filled: z
    .strictObject({
      messages: between(0, 10_000_000).describe('How many messages.'),
      bytes: between(16, 1_048_576).default(128).describe('Size of each.'),
      subject: subject.describe('Their subject, which must be one of the stream.'),
    })
    .optional()
    .describe(
      'Messages that are put into it before the load. Workloads that read them count them, but do not time them.',
    ),
})

export const consumerSchema = z.strictObject({
  stream: streamName.describe('The stream that it reads.'),
  kind: z
    .enum(['pull', 'push', 'ordered'])
    .default('pull')
    .describe(
      '`pull`: clients ask for messages. `push`: the server sends them. `ordered`: each connection has one of its own, without acknowledgements, made again after a gap.',
    ),
  ack: z
    .enum(['none', 'explicit', 'all', 'double'])
    .default('explicit')
    .describe(
      '`none`: no acknowledgements. `explicit`: each message is acknowledged. `all`: a message and all before it. `double`: as `explicit`, and the server confirms each acknowledgement.',
    ),
  maxAckPending: count(1_000_000)
    .optional()
    .describe("Delivered messages that may wait for their acknowledgement; left out: 1,000, the server's default."),
  filter: subject.optional().describe('Only messages of these subjects of the stream are delivered; left out: all.'),
  start: z.enum(['all', 'new']).default('all').describe('Begin with all stored messages, or only with new ones.'),
  ackWait: someTime.default('30s').describe('A message without an acknowledgement is delivered again after this time.'),
  maxDeliver: count(1000).optional().describe('How often a message is delivered, at most.'),
})

export const consumersSchema = z.record(streamName, consumerSchema)

export const streamsSchema = z.record(streamName, streamSchema)

/** Fields of $JS.API.STREAM.CREATE and CONSUMER.CREATE (ADR-2, nats-server StreamConfig, ConsumerConfig); durations in ns. */
const configSchema = dictionary(z.union([z.string(), z.number(), z.boolean(), list(z.string())]))

/** What a server says of a stream that was made. */
export const streamFactsSchema = z.object({
  name: z.string(),
  version: z.string(),
  storage: z.string(),
  replicas: z.number(),
  /** Node that leads it. */
  leader: z.string().exactOptional(),
  retention: z.string(),
  discard: z.string(),
  maxBytes: z.number(),
  maxMessages: z.number(),
  /** Of a bucket: values kept of each key, and for how long (ms). */
  perSubject: z.number().exactOptional(),
  maxAgeMs: z.number().exactOptional(),
  dedupWindowMs: z.number(),
  /** `sync_interval` of the leader: a file is synced so often (ms), or with every write (`always`). */
  syncIntervalMs: z.number().exactOptional(),
  syncAlways: z.boolean(),
  storeDir: z.string(),
})

/** What a server says of a consumer that was made. */
export const consumerFactsSchema = z.object({
  name: z.string(),
  stream: z.string(),
  /** `pull` or `push`. */
  kind: z.string(),
  ack: z.string(),
  maxAckPending: z.number(),
  ackWaitMs: z.number(),
  deliver: z.string(),
  filter: z.string().exactOptional(),
  replicas: z.number(),
  leader: z.string().exactOptional(),
})

/** Connections of a client by the server they sit on, seen from the one that leads. */
export const seatSchema = z.object({
  stream: z.string(),
  consumer: z.string().exactOptional(),
  /** What the scenario asks for; absent: the servers in turn. */
  via: z.enum(['leader', 'follower', 'random']).exactOptional(),
  leader: z.number(),
  follower: z.number(),
  other: z.number(),
})

/** The place of a server's store, looked at before the first block of a variant. */
export const storeFactsSchema = z.object({
  node: z.string(),
  device: z.string().exactOptional(),
  filesystem: z.string().exactOptional(),
  freeBytes: z.number().exactOptional(),
  /** Mean of 64 synchronous writes of 4 KiB by dd(1): the floor of whatever is acknowledged durably. */
  syncedWriteNs: z.number().exactOptional(),
})

export type StoreFacts = z.output<typeof storeFactsSchema>
export type Stream = z.output<typeof streamSchema>
export type Consumer = z.output<typeof consumerSchema>
export type ConsumerFacts = z.output<typeof consumerFactsSchema>
/** What a scenario keeps on its servers, by name. */
export interface Stores {
  readonly streams: Readonly<Record<string, Stream>>
  readonly consumers: Readonly<Record<string, Consumer>>
  readonly buckets: Readonly<Record<string, Bucket>>
  readonly objects: Readonly<Record<string, ObjectStore>>
}
export type StreamConfig = z.output<typeof configSchema>
export type StreamFacts = z.output<typeof streamFactsSchema>
export { configSchema as streamConfigSchema }

/** Settings of a server that stand in its `jetstream` block. */
export const jetStreamSettings: ReadonlySet<string> = new Set(['sync_interval', 'max_file_store', 'max_memory_store'])

/** Does the stream store what is published so, or some of it? `to`: the group of servers. */
export function stores(
  { on, subjects }: Pick<Stream, 'on' | 'subjects'>,
  sender: { readonly to: string; readonly subject: string; readonly subjects?: number | undefined },
): boolean {
  return on === sender.to && subjects.some((filter) => coverage(filter, sender) !== 'none')
}
