/** What the kinds share that put objects or get them: one object after the other on each connection. */
import { z } from 'zod'
import { arrivalsSchema, someTime } from '../fields.ts'
import { objectStream } from '../objects.ts'
import { streamName } from '../streams.ts'
import { durationMs } from '../units.ts'
import { answered } from './kv-parts.ts'
import {
  connected,
  connectionWords,
  noReconnect,
  ofObjects,
  onStreams,
  planSeat,
  planSending,
  rateWords,
  whole,
  type Place,
} from './parts.ts'

export const objectFields = {
  ...onStreams,
  store: streamName.describe('One of `objects`.'),
  arrivals: arrivalsSchema,
  timeout: someTime.default('30s').describe('How long one object may take; later counts as late.'),
}

/** One agent's part. */
export const objectJob = {
  ...connected,
  publisher: whole,
  seed: whole,
  arrivals: arrivalsSchema,
  stream: z.string(),
  store: z.string(),
  /** Names that are used: of a put, on each connection. */
  objects: whole,
  timeoutMs: z.number(),
}

type Asked = z.output<z.ZodObject<typeof objectFields>>

export function planObjects(workload: Asked, place: Place, objects: number) {
  const stream = objectStream(workload.store)
  const payload = { bytes: 0, compressible: 0 }
  const { payload: _payload, headers: _headers, ...rest } = planSending({ ...workload, subject: '', payload }, place)
  return {
    ...rest,
    ...planSeat(workload.via, place, stream),
    seed: (place.seed + place.publisher) >>> 0,
    stream,
    store: workload.store,
    objects,
    timeoutMs: durationMs(workload.timeout) ?? 0,
  }
}

export function objectWords(
  what: string,
  {
    stream,
    arrivals,
    connections,
  }: Pick<z.output<z.ZodObject<typeof objectJob>>, 'stream' | 'arrivals' | 'connections'>,
): string {
  return [`${what} of ${stream}`, rateWords(arrivals), connectionWords(connections)].join(', ')
}

/** An object is many messages to a server. */
export const objectFacts = {
  ...answered,
  publishes: false,
  imported: undefined,
  natsJs: { packages: ofObjects, lacks: [noReconnect] },
} as const
