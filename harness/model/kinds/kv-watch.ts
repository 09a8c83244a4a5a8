/** Watchers of a bucket: an ordered consumer of all its keys, which begins with the last value of each (ADR-8). */
import { z } from 'zod'
import { bucketStream } from '../buckets.ts'
import { defineKind, receiver } from './kind.ts'
import { bucket } from './kv-parts.ts'
import {
  connected,
  connectionWords,
  noReconnect,
  ofBuckets,
  onStreams,
  planConnected,
  planSeat,
  whole,
} from './parts.ts'

export const kvWatch = defineKind({
  fields: z.strictObject({
    kind: z
      .literal('kv-watch')
      .describe('Watches a bucket and times each value from the instant at which its put was due.'),
    ...onStreams,
    bucket,
  }),
  job: z.strictObject({ kind: z.literal('kv-watch'), ...connected, stream: z.string(), publishers: whole }),
  plan: (workload, place) => ({
    kind: 'kv-watch' as const,
    ...planConnected({ ...workload, subject: `$KV.${workload.bucket}.>` }, place),
    ...planSeat(workload.via, place, bucketStream(workload.bucket)),
    stream: bucketStream(workload.bucket),
    publishers: place.publishers,
  }),
  words: (job) => `all keys of ${job.stream}, ${connectionWords(job.connections)}, ${job.engine}`,
  ...receiver,
  verb: 'watches a bucket',
  consumes: true,
  histograms: ['latency', 'service'],
  timed: 'some',
  // A value that was replaced before it was sent is not sent: nothing is missing then.
  account: undefined,
  imported: undefined,
  natsBench: undefined,
  natsJs: { packages: ofBuckets, lacks: [noReconnect] },
})
