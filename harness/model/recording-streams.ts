/** Frames about streams and their consumers: a part of model/recording.ts. */
import { z } from 'zod'
import { dictionary, finite, list } from './json.ts'
import { consumerFactsSchema, seatSchema, storeFactsSchema, streamFactsSchema } from './streams.ts'

const number = finite
const text = z.string()
/** Sequence numbers of one publisher: how many, and base64 of a deflated bitmap; see agent/sequence-set.ts. */
const sequenceSet = z.object({ count: number, bits: text.regex(/^[A-Za-z0-9+/=]*$/) })

export const streamFrames = [
  /**
   * Where the connections of an agent sit when the load begins, seen from the server that leads its stream (or `consumer`): on the
   * leader, on another server that holds a copy, on one that holds none.
   */
  z.object({ t: z.literal('seat'), ...seatSchema.shape }),
  z.object({ t: z.literal('store'), store: storeFactsSchema }),
  /** A stream as its server has it, right after it was made. */
  z.object({ t: z.literal('stream'), stream: streamFactsSchema }),
  /** What a publisher was told: messages acknowledged, how many of them as duplicates, errors by the server's words. */
  z.object({
    t: z.literal('acked'),
    publishers: dictionary(sequenceSet),
    duplicates: number,
    errors: dictionary(number),
    /** Messages that expected another last sequence number than the server had; of publishers that expect one. */
    conflicts: number.exactOptional(),
    /** Messages sent with the id of an earlier one; of publishers that give ids. */
    repeated: number.exactOptional(),
    /**
     * Of a bucket, read back when the load was over: keys that this agent put, those whose value there is older than the newest
     * one acknowledged, and those that may have expired. Of a store of objects: `digests`, how many were got whole and held against
     * their digest, as many as there was time for; of the others only the name was looked up.
     */
    keys: z.object({ read: number, lost: number, expired: number, digests: number.exactOptional() }).exactOptional(),
    /**
     * Values of a bucket read right after they were acknowledged: how many, how many of them found an older one, how many were not
     * answered, and the longest time from the first read of a stale one to a read that saw it (ns).
     */
    ownReads: z.object({ asked: number, stale: number, unanswered: number, longestNs: number }).exactOptional(),
  }),
  /** What a stream holds after the load. `removed`: messages that its limits took out. `strangers`: without a stamp of ours. */
  z.object({
    t: z.literal('stored'),
    stream: text,
    messages: number,
    bytes: number,
    removed: number,
    /** By publisher number; absent where the stream was not read: one that removes what is consumed. */
    publishers: dictionary(sequenceSet.extend({ duplicates: number })).exactOptional(),
    strangers: number,
    /**
     * Servers that hold it, its leader first, where there are several: messages read out of the store of each, and the highest sequence
     * number among them. `whole`: all that the leader said there are. `same`: they are those of the first whole one, in the same
     * places. Without `read`: it could not be read.
     */
    replicas: list(
      z.object({
        node: text,
        read: number.exactOptional(),
        last: number.exactOptional(),
        whole: z.boolean().exactOptional(),
        same: z.boolean().exactOptional(),
        /** Where it has others. */
        publishers: dictionary(sequenceSet.extend({ duplicates: number })).exactOptional(),
      }),
    ).exactOptional(),
    /** A bucket's values are read back by those who put them; its replicas are read here and compared with each other. */
    bucket: z.literal(true).exactOptional(),
  }),
  /** A consumer as its server has it, right after it was made. */
  z.object({ t: z.literal('consumer'), consumer: consumerFactsSchema }),
  /**
   * How far a consumer is, asked of its leader (CONSUMER.INFO). `lag`: last sequence − ack floor, in messages that it gets.
   * `pending`: not yet delivered. `ackPending`: delivered, not yet acknowledged. `ackFloor`: sequence in the stream,
   * with a filter the number of the delivery.
   */
  z.object({
    t: z.literal('consumerLag'),
    at: number,
    consumer: text,
    lag: number,
    pending: number,
    ackPending: number,
    ackFloor: number,
  }),
  /**
   * What an agent took of a consumer: distinct messages by publisher number, a set for each connection that should get all,
   * one for all that share; deliveries by delivery number from 2 on; what was answered; statuses of the server by its words.
   */
  z.object({
    t: z.literal('consumed'),
    sets: list(dictionary(sequenceSet)),
    redelivered: dictionary(number),
    acked: number,
    naked: number,
    confirmed: number,
    /** Ordered consumers that were made anew after a gap. */
    remade: number,
    statuses: dictionary(number),
    /** Messages that the consumer still had when the wait for them ended. */
    leftBehind: number,
  }),
] as const
