/** Buckets of the key-value store: each is a stream whose subjects are its keys (ADR-8). */
import { z } from 'zod'
import { count, duration, label, size } from './fields.ts'
import { streamName } from './streams.ts'

export const bucketSchema = z.strictObject({
  on: label.describe('The group of servers that has it; they need `server: { jetstream: true }`.'),
  storage: z.enum(['file', 'memory']).default('file').describe('Where values are kept.'),
  replicas: count(5).default(1).describe('Servers that hold a copy; at most the servers of its group.'),
  history: count(64).default(1).describe('Values that are kept of each key, the newest ones.'),
  ttl: duration.optional().describe('How long a value is kept; left out: forever.'),
  maxBytes: size.optional().describe('Most bytes that it holds.'),
  filled: z
    .strictObject({
      keys: count(100_000).describe('How many keys are put once: `key.0`, `key.1` and so on.'),
      bytes: count(1_048_576).default(128).describe('Size of each value.'),
    })
    .optional()
    .describe('What is put into it before the load.'),
})

export const bucketsSchema = z.record(streamName, bucketSchema)

export type Bucket = z.output<typeof bucketSchema>

const prefix = 'KV_'

/** The stream that a bucket is. */
export const bucketStream = (bucket: string) => `${prefix}${bucket}`
/** The subject of its keys `key.0` and on, without their number. */
export const bucketSubject = (bucket: string) => `$KV.${bucket}.key`

/** Where a scenario says of a stream: `streams.orders`, `buckets.state` of the stream `KV_state`. */
export function storePath(stream: string): string {
  return stream.startsWith(prefix) ? `buckets.${stream.slice(prefix.length)}` : `streams.${stream}`
}
