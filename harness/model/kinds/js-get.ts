/** Gets from a stream: one message by its sequence number, or the last one of a subject, asked directly (`$JS.API.DIRECT.GET`, ADR-31). */
import { z } from 'zod'
import { subject } from '../fields.ts'
import { streamName } from '../streams.ts'
import { defineKind } from './kind.ts'
import { asking, getBatch, gettingFacts, gettingJob, keyedWords, order, planGetting } from './kv-parts.ts'
import { onStreams } from './parts.ts'

export const jsGet = defineKind({
  fields: z.strictObject({
    kind: z.literal('js-get').describe('Gets messages of a stream and times each.'),
    ...onStreams,
    stream: streamName.describe('One of `streams`, which must be `filled`.'),
    lastOf: subject.optional().describe('Get the last message of this subject; left out: messages by sequence number.'),
    order,
    ...asking,
    batch: getBatch,
  }),
  job: z.strictObject({ kind: z.literal('js-get'), ...gettingJob }),
  plan(workload, place) {
    const { stream, lastOf } = workload
    const messages = place.stores.streams[stream]?.filled?.messages ?? 0
    const what =
      lastOf === undefined
        ? ({ subject: '', by: 'sequence', of: messages } as const)
        : ({ subject: lastOf, by: 'last', of: 1 } as const)
    return { kind: 'js-get' as const, ...planGetting(workload, place, { stream, ...what }) }
  },
  words: (job) => keyedWords(job.by === 'last' ? `last of ${job.subject}` : `${job.of} messages`, job),
  ...gettingFacts,
  imported: {
    name: 'get',
    client: 'S',
    call: 'rttService',
    fields: () => ({ stream: 'imported', arrivals: { kind: 'closed', inFlight: 1 } }),
  },
  verb: 'gets from a stream',
})
