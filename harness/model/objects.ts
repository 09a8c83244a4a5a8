/** Stores of objects: each is a stream of chunks, and of what is known of each object (ADR-20). */
import { z } from 'zod'
import { count, label, size } from './fields.ts'
import { streamName } from './streams.ts'

const mostBytes = 64 * 1024 * 1024

/** Objects are put in chunks of this size; the last one may be smaller. */
export const objectChunkBytes = 131_072

export const objectBytes = count(mostBytes)
  .default(1_048_576)
  .describe('Size of each object; it is put in chunks of 128 KiB, as the official clients do.')

export const objectStoreSchema = z.strictObject({
  on: label.describe('The group of servers that has it; they need `server: { jetstream: true }`.'),
  storage: z.enum(['file', 'memory']).default('file').describe('Where objects are kept.'),
  replicas: count(5).default(1).describe('Servers that hold a copy; at most the servers of its group.'),
  maxBytes: size.optional().describe('Most bytes that it holds.'),
  filled: z
    .strictObject({
      objects: count(1000).describe('How many objects are put once: `object.0`, `object.1` and so on.'),
      bytes: objectBytes,
    })
    .optional()
    .describe('What is put into it before the load.'),
})

export const objectStoresSchema = z.record(streamName, objectStoreSchema)

export type ObjectStore = z.output<typeof objectStoreSchema>

/** The stream that a store of objects is. */
export const objectStream = (store: string) => `OBJ_${store}`
