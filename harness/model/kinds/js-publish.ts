/** Publishers to a stream: each message asks for its PubAck, and up to `window` of them wait for it on each connection. */
import { z } from 'zod'
import { arrivalsSchema, base, between, count, headers, payloadSchema, share, someTime } from '../fields.ts'
import { known } from '../known.ts'
import { durationMs } from '../units.ts'
import { defineKind } from './kind.ts'
import { answered } from './kv-parts.ts'
import { stores, type Stores } from '../streams.ts'
import { noReconnect, ofStreams, planSeat, planSending, sending, sendingWords, via, whole } from './parts.ts'

export const jsPublish = defineKind({
  fields: z.strictObject({
    kind: z.literal('js-publish').describe('Sends messages to a stream and waits for the PubAck of each.'),
    ...base,
    via,
    payload: payloadSchema,
    headers,
    arrivals: arrivalsSchema,
    window: count(10_000).describe('Messages of each connection that may wait for their PubAck. 1: synchronous.'),
    timeout: someTime.default('5s').describe('How long a PubAck may take; later counts as late.'),
    ids: z
      .strictObject({
        repeats: share.describe(
          'Share of the messages that carry the id of an earlier one (drawn by the seed): the stream must not store them.',
        ),
      })
      .optional()
      .describe(
        'Give each message an id (`Nats-Msg-Id`), by which the stream knows duplicates within its `dedupWindow`.',
      ),
    expect: z
      .enum(['stream', 'subject'])
      .optional()
      .describe(
        'Each message names the sequence number that must be the last of its stream or subject; if it is not, that is a conflict. Needs window 1.',
      ),
    batch: between(2, 1000)
      .optional()
      .describe(
        'Publish in batches of this size, stored as a whole or not at all and acknowledged once (ADR-50). Needs window 1: each connection has one batch in flight.',
      ),
    flow: between(1, 1000)
      .optional()
      .describe(
        'Publish in one fast batch (ADR-50, fast ingest): the server acknowledges after this many messages at the latest, for all messages before. `window` must be at least twice that.',
      ),
  }),
  job: z.strictObject({
    kind: z.literal('js-publish'),
    ...sending,
    window: whole,
    timeoutMs: z.number(),
    /** Share of messages that repeat the id of an earlier one; absent: no ids. */
    repeats: z.number().exactOptional(),
    /** `first`: the sequence number that the first message expects. */
    expect: z.strictObject({ of: z.enum(['stream', 'subject']), first: whole }).exactOptional(),
    batch: whole.exactOptional(),
    /** Of a fast batch: messages for one acknowledgement. */
    flow: whole.exactOptional(),
  }),
  plan: (workload, place) => ({
    kind: 'js-publish' as const,
    ...planSending(workload, place),
    ...planSeat(workload.via, place, streamOf(workload, place.stores.streams)?.[0] ?? ''),
    window: workload.window,
    timeoutMs: durationMs(workload.timeout) ?? 0,
    ...(workload.ids === undefined ? {} : { repeats: workload.ids.repeats }),
    ...(workload.expect === undefined
      ? {}
      : {
          expect: {
            of: workload.expect,
            first: firstExpected(workload.expect, workload, place.stores.streams),
          },
        }),
    ...known({ batch: workload.batch, flow: workload.flow }),
  }),
  words: (job) => [sendingWords(job.subject, job), ...moreWords(job)].join(', '),
  ownHeaders: ['ids', 'expect', 'batch', 'flow'],
  ...answered,
  verb: 'publishes to a stream',
  acknowledged: true,
  needsStamps: true,
  histograms: ['ack', 'ackService', 'lag'],
  mainTime: 'ack',
  lateWords: 'messages due and not sent, or without an acknowledgement in time',
  account: { metric: 'late', words: 'messages not sent in time or without an acknowledgement' },
  imported: {
    name: 'pub',
    client: 'P',
    call: 'ackService',
    fields: (bytes) => ({ subject: 'imported', payload: { bytes }, arrivals: { kind: 'flood' }, window: 1 }),
  },
  natsJs: {
    packages: ofStreams,
    lacks: [
      noReconnect,
      {
        field: 'batch',
        why: 'its batches wait for an answer to their first message, so the others cannot be sent when they are due',
      },
      { field: 'flow', why: 'the package keeps fast batches to itself' },
    ],
  },
})

interface To {
  readonly subject: string
  readonly to: string
}

/** The stream that stores what it publishes, with its name. */
function streamOf(workload: To, streams: Stores['streams']) {
  return Object.entries(streams).find(([, stream]) => stores(stream, workload))
}

/** What a stream was filled with before the load is its last sequence number then. */
function firstExpected(of: 'stream' | 'subject', workload: To, streams: Stores['streams']): number {
  const { filled } = streamOf(workload, streams)?.[1] ?? {}
  return filled === undefined || (of === 'subject' && filled.subject !== workload.subject) ? 0 : filled.messages
}

interface Said {
  readonly window: number
  readonly repeats?: number
  readonly expect?: { readonly of: string }
  readonly batch?: number
  readonly flow?: number
}

function moreWords({ window, repeats, expect, batch, flow }: Said): readonly string[] {
  return [
    batch === undefined ? `window ${window}` : `atomic batches of ${batch}`,
    ...(flow === undefined ? [] : [`a fast batch, an acknowledgement for ${flow}`]),
    ...(repeats === undefined ? [] : [repeats === 0 ? 'with ids' : `with ids, ${repeats * 100} % repeated`]),
    ...(expect === undefined ? [] : [`expects the last sequence of its ${expect.of}`]),
  ]
}
