/** Relations of js-publish and js-get: settings that contradict each other, and streams that cannot do what is asked of them. */
import { isSender, kinds, type Workload } from '../model/kinds/kinds.ts'
import { stores, type Stream } from '../model/streams.ts'
import { isLiteral } from '../model/subject.ts'
import { valid, validEntries, type Draft, type Known } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { elsewhere, unknownName } from './used.ts'

type Publishing = Extract<
  Workload,
  { readonly batch?: number | undefined; readonly window: number; readonly subject: string }
>
type Batched = Exclude<
  Extract<Workload, { readonly batch?: number | undefined; readonly order: string }>,
  { readonly payload: unknown } | { readonly store: string }
>
type Getting = Extract<Workload, { readonly stream: string }>

export function publishingProblems(draft: Draft): readonly Problem[] {
  const streams = validEntries(draft.streams)
  const all = valid(draft.workloads)
  return [
    ...streams.flatMap(([name, stream]) => [
      ...alone(`streams.${name}`, stream),
      ...aged(`streams.${name}`, stream, draft),
      ...tooManyBatches(stream, draft),
    ]),
    ...all.flatMap((part) => [...actingHeaders(part, streams), ...answeredTwice(part, streams)]),
    ...all
      .filter((part): part is Known<Publishing> => 'window' in part.value && 'subject' in part.value)
      .flatMap((part) => [...oneInFlight(part), ...batches(part, streams), ...fastBatches(part, streams)]),
    ...all.filter((part): part is Known<Getting> => 'stream' in part.value).flatMap((part) => gets(part, draft)),
    ...all
      .filter((part): part is Known<Batched> => 'batch' in part.value && 'order' in part.value)
      .flatMap((part) => getBatches(part, draft)),
  ]
}

/** Headers that a stream acts on, with the field that gives each message its own value. */
const acting: readonly (readonly [RegExp, string])[] = [
  [/^nats-msg-id$/i, 'give "ids" instead'],
  [/^nats-expected-/i, 'give "expect" instead'],
  [/^nats-batch-/i, 'give "batch" instead'],
  [/^nats-rollup$/i, 'no workload can do that yet'],
]

/** Headers for which a stream needs a setting that no scenario gives it: the server refuses every message that has one. */
const unallowed = /^nats-(ttl|schedule(-.*)?|incr)$/i

/** With the same value in all messages they make every message after the first a duplicate or refused, or keep only the last one. */
function actingHeaders(
  { path, value }: Known<Workload>,
  streams: readonly (readonly [string, Stream])[],
): readonly Problem[] {
  if (!('headers' in value && isSender(value))) return []
  if (!streams.some(([, stream]) => stores(stream, value))) return []
  return Object.keys(value.headers ?? {}).flatMap((name) => {
    if (unallowed.test(name))
      return problemAt(
        `${path}.headers.${name}`,
        'must be left out: the server refuses it, no stream of a scenario allows it',
      )
    const [, remedy] = acting.find(([pattern]) => pattern.test(name)) ?? []
    if (remedy === undefined) return []
    return problemAt(`${path}.headers.${name}`, `must not be the same in every message: ${remedy}`)
  })
}

/** A stream acknowledges every message with a reply subject, so a request would take the acknowledgement for its answer. */
function answeredTwice(
  { path, value }: Known<Workload>,
  streams: readonly (readonly [string, Stream])[],
): readonly Problem[] {
  if (!isSender(value) || kinds[value.kind].answeredBy === undefined) return []
  const found = streams.find(([, stream]) => stores(stream, value))
  if (found === undefined) return []
  const message = `must not be one of stream "${found[0]}", which answers requests itself, got ${printed(value.subject)}`
  return problemAt(`${path}.subject`, message)
}

/** nats-server: "async persist mode is not supported on replicated streams", "... with atomic batch publish", "... only ... on file storage". */
function alone(path: string, { persistMode, replicas, atomic, storage }: Stream): readonly Problem[] {
  if (persistMode !== 'async') return []
  return [
    ...(storage === 'file'
      ? []
      : problemAt(`${path}.storage`, `must be "file" where persistMode is "async", got "${storage}"`)),
    ...(replicas > 1 ? problemAt(`${path}.replicas`, `must be 1 where persistMode is "async", got ${replicas}`) : []),
    ...(atomic ? problemAt(`${path}.atomic`, 'must be false where persistMode is "async", got true') : []),
  ]
}

/** Settings that need nats-server 2.12 or 2.14, where the scenario names an older release. */
function aged(path: string, { on, persistMode, atomic, fast }: Stream, draft: Draft): readonly Problem[] {
  return [
    ...(atomic ? older(`${path}.atomic`, on, 12, draft) : []),
    ...(fast ? older(`${path}.fast`, on, 14, draft) : []),
    ...(persistMode === 'async' ? older(`${path}.persistMode`, on, 12, draft) : []),
  ]
}

/** A problem where the scenario names a release before 2.`minor`. */
function older(path: string, on: string, minor: number, { topology }: Draft): readonly Problem[] {
  const version = topology?.get(on)?.server?.version ?? ''
  const [major = 0, own = 0] = /^(\d+)\.(\d+)\./.exec(version)?.slice(1).map(Number) ?? []
  if (major === 0 || major > 2 || own >= minor) return []
  const message = `must be left out: it needs a server of 2.${minor} or later, got ${version} (topology.${on}.server.version)`
  return problemAt(path, message)
}

function oneInFlight({ path, value }: Known<Publishing>): readonly Problem[] {
  const { window, expect, batch } = value
  const why =
    batch !== undefined
      ? 'each connection has one batch in flight'
      : expect !== undefined
        ? 'the next sequence number is known when the last message is acknowledged'
        : undefined
  return why === undefined || window === 1 ? [] : problemAt(`${path}.window`, `must be 1: ${why}, got ${window}`)
}

function batches(
  { path, value }: Known<Publishing>,
  streams: readonly (readonly [string, Stream])[],
): readonly Problem[] {
  const { batch, ids, expect, reconnect } = value
  if (batch === undefined) return []
  return [
    ...leftOut(path, { ids, expect, reconnect }, 'must be left out of batches, got it beside batch'),
    ...untaken(path, value, streams, 'batch', 'atomic'),
    ...neverFull(path, value, 'batch', batch),
  ]
}

/** In a closed loop that keeps fewer messages in flight no batch is ever full, so nothing is acknowledged and no room is made. */
function neverFull(path: string, { arrivals }: Publishing, word: 'batch' | 'flow', size: number): readonly Problem[] {
  if (arrivals.kind !== 'closed' || arrivals.inFlight >= size) return []
  const why = `${word}, or nothing is ever acknowledged`
  return problemAt(`${path}.arrivals.inFlight`, `must be at least ${size}, the ${why}, got ${arrivals.inFlight}`)
}

function leftOut(path: string, words: Readonly<Record<string, unknown>>, message: string): readonly Problem[] {
  return Object.entries(words).flatMap(([word, set]) =>
    set === undefined ? [] : problemAt(`${path}.${word}`, message),
  )
}

/** Batches of a stream that a server takes at once, each of another connection (`streamDefaultMaxAtomicBatchInflightPerStream`). */
const mostBatches = 50

function tooManyBatches(stream: Stream, { workloads, topology }: Draft): readonly Problem[] {
  const batching = valid(workloads).flatMap(({ path, value }) => {
    if (!('window' in value && 'subject' in value && 'batch' in value)) return []
    if (value.batch === undefined || !stores(stream, value)) return []
    return [{ path, connections: value.connections * (topology?.get(value.on)?.count ?? 1) }]
  })
  const all = batching.reduce((sum, { connections }) => sum + connections, 0)
  if (all <= mostBatches) return []
  return batching.map(({ path }) => ({
    path: `${path}.connections`,
    message: `must be so few that all that publish batches to the stream are at most ${mostBatches}, the batches that the server takes at once, got ${all}`,
  }))
}

/** A stream takes batches only where its setting says so. */
function untaken(
  path: string,
  value: Publishing,
  streams: readonly (readonly [string, Stream])[],
  word: 'batch' | 'flow',
  setting: 'atomic' | 'fast',
): readonly Problem[] {
  const plain = streams.find(([, stream]) => !stream[setting] && stores(stream, value))
  if (plain === undefined) return []
  const message = `must be taken by its stream: set streams.${plain[0]}.${setting} to true, got ${value[word]}`
  return problemAt(`${path}.${word}`, message)
}

/** In a fast batch the server acknowledges many messages at once, by itself, so settings for single messages cannot be used. */
function fastBatches(
  { path, value }: Known<Publishing>,
  streams: readonly (readonly [string, Stream])[],
): readonly Problem[] {
  const { flow, window, batch, ids, expect, reconnect } = value
  if (flow === undefined) return []
  return [
    ...leftOut(path, { batch, ids, expect, reconnect }, 'must be left out of a fast batch, got it beside flow'),
    ...(window >= 2 * flow
      ? []
      : problemAt(`${path}.window`, `must be at least ${2 * flow}, twice the flow, got ${window}`)),
    ...untaken(path, value, streams, 'flow', 'fast'),
    ...neverFull(path, value, 'flow', flow),
  ]
}

/** Gets of many messages by one request: all of them must exist, and only one request is in flight. */
function getBatches({ path, value }: Known<Batched>, draft: Draft): readonly Problem[] {
  const { batch, window, to } = value
  if (batch === undefined) return []
  const at = `${path}.batch`
  const most = 'keys' in value ? value.keys : (draft.streams.get(value.stream)?.filled?.messages ?? batch)
  return [
    ...older(at, to, 11, draft),
    ...(window === 1
      ? []
      : problemAt(`${path}.window`, `must be 1: each connection has one request in flight, got ${window}`)),
    ...(batch <= most ? [] : problemAt(at, `must be at most ${most}, which is all there is, got ${batch}`)),
    ...('lastOf' in value && value.lastOf !== undefined
      ? problemAt(at, `must be left out beside lastOf, which is one message, got ${batch}`)
      : []),
  ]
}

/** Gets must find something. */
function gets({ path, value }: Known<Getting>, { streams }: Draft): readonly Problem[] {
  const { stream: name, to, lastOf } = value
  if (!streams.has(name)) return unknownName(`${path}.stream`, 'a stream', name, streams)
  const stream = streams.get(name)
  if (stream === undefined) return []
  const { on, filled } = stream
  const away = elsewhere(path, to, on, `stream "${name}"`)
  if ((filled?.messages ?? 0) === 0)
    return [
      ...away,
      { path: `${path}.stream`, message: `must have messages before the load: set streams.${name}.filled, got none` },
    ]
  if (lastOf === undefined || (isLiteral(lastOf) && lastOf === filled?.subject)) return away
  const message = `must be the subject that the stream is filled with, "${filled?.subject ?? ''}", got ${printed(lastOf)}`
  return [...away, { path: `${path}.lastOf`, message }]
}
