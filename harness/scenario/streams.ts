/** Relations of streams: the servers that they are on, overlapping subjects, and the workloads that publish to them. */
import { isSender, kinds } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import type { Stream } from '../model/streams.ts'
import { filterProblem, isLiteral, matches, overlap } from '../model/subject.ts'
import { valid, validEntries, type Draft } from './draft.ts'
import { byteCount, durationMs } from '../model/units.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

export function streamProblems(draft: Draft): readonly Problem[] {
  const streams = validEntries(draft.streams)
  return [
    ...streams.flatMap(([name, stream]) => [
      ...placeProblems(`streams.${name}`, stream, draft),
      ...subjectProblems(`streams.${name}.subjects`, stream),
      ...filledProblems(`streams.${name}.filled`, stream),
      ...tooShort(`streams.${name}.dedupWindow`, stream.dedupWindow),
    ]),
    ...overlaps(streams),
    ...publisherProblems(draft, streams),
  ]
}

/** Is the stream on servers that can store it? */
export function placeProblems(
  path: string,
  { on, replicas }: Pick<Stream, 'on' | 'replicas'>,
  { topology }: Draft,
): readonly Problem[] {
  if (topology === undefined) return []
  const servers = [...topology].filter(([, spec]) => spec === undefined || spec.role === 'server').map(([name]) => name)
  const spec = topology.get(on)
  if (!servers.includes(on))
    return problemAt(`${path}.on`, `must name a group of role "server", got ${printed(on)}${suggestion(on, servers)}`)
  if (spec === undefined) return []
  const bare: Problem[] =
    spec.server?.jetstream === true
      ? []
      : problemAt(
          `${path}.on`,
          `must name servers with JetStream (topology.${on}.server.jetstream: true), got ${printed(on)}`,
        )
  return replicas <= spec.count
    ? bare
    : [
        ...bare,
        {
          path: `${path}.replicas`,
          message: `must be at most ${spec.count}, the servers of group "${on}", got ${replicas}`,
        },
      ]
}

/** nats-server: "duplicates window needs to be >= 100ms", "max age needs to be >= 100ms" (error 10052). */
export function tooShort(path: string, time: string | undefined): readonly Problem[] {
  if (time === undefined || (durationMs(time) ?? 0) >= 100) return []
  return problemAt(path, `must be at least 100ms, the shortest that nats-server takes, got ${printed(time)}`)
}

/** What a stream with wildcards could take from the server, which refuses that (error 10052). */
const reserved = ['$JS.>', '$SYS.>']

function subjectProblems(path: string, { subjects }: Stream): readonly Problem[] {
  return subjects.flatMap((subject, index): readonly Problem[] => {
    const wrong = filterProblem(subject)
    if (wrong !== undefined) return problemAt(`${path}.${index}`, `${wrong}, got ${printed(subject)}`)
    return /^(\$|_INBOX(\.|$))/.test(subject) || reserved.some((own) => overlap(own, subject))
      ? problemAt(`${path}.${index}`, `must leave the subjects of the server alone, got ${printed(subject)}`)
      : []
  })
}

/** What a server counts for each message in memory beside its subject and bytes; in a file it is more (`memStoreMsgSize`). */
const recordBytes = 16

/** What a server counts for one message, at least. */
export function storedBytes(bytes: number, subject: string): number {
  return bytes + recordBytes + subject.length
}

/** Messages that fill a stream and are larger than it. */
export function noRoom(
  path: string,
  messages: number,
  each: { readonly bytes: number; readonly subject: string; readonly maxBytes: Stream['maxBytes'] },
): readonly Problem[] {
  const { bytes, subject, maxBytes } = each
  const room = byteCount(String(maxBytes ?? '')) ?? Infinity
  if (messages * storedBytes(bytes, subject) <= room) return []
  return problemAt(path, `must fit into maxBytes, ${printed(maxBytes)}, got ${messages} of ${bytes} B each`)
}

/** Messages that fill the stream must have one of its subjects, and must fit into it. */
function filledProblems(path: string, stream: Stream): readonly Problem[] {
  const { subjects, filled, maxBytes, maxMessages = Infinity, retention } = stream
  if (filled === undefined) return []
  if (retention === 'interest')
    return problemAt(
      path,
      'must be left out where retention is "interest": the stream is filled before it has consumers, and keeps nothing without them',
    )
  const { subject, messages, bytes } = filled
  const most = `must be at most ${maxMessages}, what the stream holds (maxMessages), got ${messages}`
  const tooMany = [
    ...(messages > maxMessages ? problemAt(`${path}.messages`, most) : []),
    ...noRoom(`${path}.messages`, messages, { bytes, subject, maxBytes }),
  ]
  const own = isLiteral(subject) && subjects.some((each) => matches(each, subject))
  const message = `must be a subject of its stream (${subjects.join(', ')}) without wildcards, got ${printed(subject)}`
  return own ? tooMany : [{ path: `${path}.subject`, message }, ...tooMany]
}

function overlaps(streams: readonly (readonly [string, Stream])[]): readonly Problem[] {
  const all = streams.flatMap(([name, { on, subjects }]) =>
    subjects.map((subject, index) => ({ name, on, subject, index })),
  )
  return all.flatMap(({ name, on, subject, index }, position) => {
    const twin = all.slice(0, position).find((other) => other.on === on && overlap(other.subject, subject))
    if (twin === undefined) return []
    const whose = twin.name === name ? 'of the same stream' : `of stream "${twin.name}"`
    return problemAt(
      `streams.${name}.subjects.${index}`,
      `must not overlap with "${twin.subject}" ${whose}, got ${printed(subject)}`,
    )
  })
}

/** A publisher that waits for acknowledgements needs a stream that gives them, and stamps, by which stored messages are recognised. */
function publisherProblems(draft: Draft, streams: readonly (readonly [string, Stream])[]): readonly Problem[] {
  return valid(draft.workloads).flatMap(({ path, value }): readonly Problem[] => {
    if (!isSender(value) || !kinds[value.kind].acknowledged) return []
    // A stream that is on no server group is reported elsewhere.
    const here = streams.filter(([, { on }]) => on === value.to || draft.topology?.get(on)?.role !== 'server')
    const subjects = here.flatMap(([, stream]) => stream.subjects)
    const stored = subjects.some((subject) => matches(subject, value.subject))
    const known = streams.length === draft.streams.size
    const { bytes } = value.payload
    return [
      ...(stored || !known
        ? []
        : problemAt(`${path}.subject`, `must be one of a stream on the same servers, got ${printed(value.subject)}`)),
      ...(bytes >= stampBytes
        ? []
        : problemAt(
            `${path}.payload.bytes`,
            `must be at least ${stampBytes}, so that the stream can be compared with what was acknowledged, got ${bytes}`,
          )),
    ]
  })
}
