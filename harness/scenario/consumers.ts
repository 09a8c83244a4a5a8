/** Relations of consumers: the streams that they read, the workloads that use them, and settings that contradict each other. */
import { kinds, isSender } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import type { Workload } from '../model/scenario.ts'
import type { Consumer, Stream } from '../model/streams.ts'
import { coverage, filterProblem, matches, overlap } from '../model/subject.ts'
import { durationMs } from '../model/units.ts'
import { valid, validEntries, type Draft, type Known, type Part } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { elsewhere, unknownName } from './used.ts'

export function consumerProblems(draft: Draft): readonly Problem[] {
  const consumers = validEntries(draft.consumers)
  return [
    ...consumers.flatMap(([name, consumer]) => [
      ...streamProblems(`consumers.${name}`, consumer, draft),
      ...settingProblems(`consumers.${name}`, consumer),
    ]),
    ...rivals(consumers, draft),
    ...idle(consumers, draft),
    ...valid(draft.workloads).flatMap((part) => takerProblems(part, draft)),
  ]
}

function streamProblems(path: string, { stream, filter }: Consumer, { streams }: Draft): readonly Problem[] {
  if (!streams.has(stream)) return unknownName(`${path}.stream`, 'a stream', stream, streams)
  if (filter === undefined) return []
  const wrong = filterProblem(filter)
  if (wrong !== undefined) return problemAt(`${path}.filter`, `${wrong}, got ${printed(filter)}`)
  const subjects = streams.get(stream)?.subjects
  return subjects === undefined || subjects.some((subject) => overlap(subject, filter))
    ? []
    : problemAt(
        `${path}.filter`,
        `must match subjects of stream "${stream}" (${subjects.join(', ')}), got ${printed(filter)}`,
      )
}

/** Settings that a server would refuse, or accept and ignore. */
function settingProblems(path: string, consumer: Consumer): readonly Problem[] {
  const { kind, ack, maxAckPending, maxDeliver } = consumer
  const unacked =
    kind === 'ordered' ? 'an ordered consumer has no acknowledgements' : 'without acknowledgements nothing is pending'
  if (kind !== 'ordered' && ack !== 'none') return []
  return [
    ...(maxAckPending === undefined
      ? []
      : problemAt(`${path}.maxAckPending`, `must be left out: ${unacked}, got ${maxAckPending}`)),
    ...(maxDeliver === undefined
      ? []
      : problemAt(`${path}.maxDeliver`, `must be left out: ${unacked}, got ${maxDeliver}`)),
  ]
}

/** In a work queue each message belongs to one consumer (nats-server error 10100), which must acknowledge it (10084) and begin with all (10101). */
function rivals(consumers: readonly (readonly [string, Consumer])[], { streams }: Draft): readonly Problem[] {
  return consumers.flatMap(([name, { stream, filter = '>', ack, kind, start }], position) => {
    if (streams.get(stream)?.retention !== 'workqueue') return []
    const path = `consumers.${name}`
    if (kind === 'ordered') return problemAt(`${path}.kind`, `must be "pull" or "push" on a work queue, got "ordered"`)
    const rival = consumers
      .slice(0, position)
      .find(([, other]) => other.stream === stream && overlap(other.filter ?? '>', filter))
    return [
      ...(ack === 'none' || ack === 'all'
        ? problemAt(`${path}.ack`, `must be "explicit" or "double" on a work queue, got "${ack}"`)
        : []),
      ...(start === 'new' ? problemAt(`${path}.start`, 'must be "all" on a work queue, got "new"') : []),
      ...(rival === undefined
        ? []
        : problemAt(
            `${path}.filter`,
            `must not overlap with that of consumer "${rival[0]}": in a work queue each message has one consumer, got ${printed(filter)}`,
          )),
    ]
  })
}

/** Consumers without a workload. Checked only when all workloads are valid: an invalid one may be the one that uses it. */
function idle(consumers: readonly (readonly [string, Consumer])[], { workloads }: Draft): readonly Problem[] {
  const all = valid(workloads)
  if (all.length < workloads.length) return []
  return consumers
    .filter(([name]) => !all.some(({ value }) => 'consumer' in value && value.consumer === name))
    .map(([name, { stream }]) => ({
      path: `consumers.${name}`,
      message: `must be one that a js-consume workload takes from, got none for ${printed(name)} of stream "${stream}"`,
    }))
}

function takerProblems({ path, value, raw }: Known<Workload>, draft: Draft): readonly Problem[] {
  if (!('consumer' in value)) return []
  if (!draft.consumers.has(value.consumer))
    return unknownName(`${path}.consumer`, 'a consumer', value.consumer, draft.consumers)
  const consumer = draft.consumers.get(value.consumer)
  const stream = draft.streams.get(consumer?.stream ?? '')
  if (consumer === undefined || stream === undefined) return []
  return [
    ...elsewhere(path, value.to, stream.on, `stream "${consumer.stream}"`),
    ...pullOnly(path, consumer, raw),
    ...(value.nak > 0 && !['explicit', 'double'].includes(consumer.kind === 'ordered' ? 'none' : consumer.ack)
      ? problemAt(
          `${path}.nak`,
          `must be 0 where consumer "${value.consumer}" does not acknowledge each message, got ${value.nak}`,
        )
      : []),
    ...(value.nak > 0 && consumer.maxDeliver === 1
      ? problemAt(`${path}.nak`, `must be 0 where maxDeliver is 1: nothing is delivered again, got ${value.nak}`)
      : []),
    ...tooSlow(path, value, consumer),
    ...fed(path, value, consumer, stream, draft),
  ]
}

function pullOnly(path: string, { kind }: Consumer, raw: Part<Workload>['raw']): readonly Problem[] {
  const words = kind === 'push' ? ['take', 'batch', 'expires'] : kind === 'ordered' ? ['take'] : []
  return words
    .filter((word) => raw[word] !== undefined)
    .map((word) => ({
      path: `${path}.${word}`,
      message: `must be left out: it is a setting of pull consumers and this one is "${kind}", got ${printed(raw[word])}`,
    }))
}

/** A reader that works on a message for longer than the server waits gets each one again while it works. */
function tooSlow(
  path: string,
  { work, consumer: name }: { readonly work?: string | undefined; readonly consumer: string },
  { kind, ack, ackWait }: Consumer,
): readonly Problem[] {
  if (work === undefined || kind === 'ordered' || ack === 'none') return []
  if ((durationMs(work) ?? 0) < (durationMs(ackWait) ?? 0)) return []
  const message = `must be shorter than ${ackWait}, after which the server delivers a message again (consumers.${name}.ackWait), got ${printed(work)}`
  return problemAt(`${path}.work`, message)
}

/** A workload must publish what the consumer takes, and all these messages must have stamps. */
function fed(
  path: string,
  value: Workload & { readonly consumer: string },
  { filter = '>', stream: name, start }: Consumer,
  { subjects, filled }: Stream,
  draft: Draft,
): readonly Problem[] {
  const all = valid(draft.workloads)
  if (all.length < draft.workloads.length) return []
  const stored = all.flatMap((part) => {
    const { value: from } = part
    if (!isSender(from) || from.to !== value.to) return []
    return subjects.some((subject) => coverage(subject, from) === 'all') ? [{ path: part.path, from }] : []
  })
  const partly = stored.filter(({ from }) => coverage(filter, from) === 'some')
  if (partly.length > 0)
    return partly.map(({ from }) => ({
      path: `consumers.${value.consumer}.filter`,
      message: `must match all subjects of workload "${from.name}" or none, got ${printed(filter)}`,
    }))
  const heard = stored.filter(({ from }) => coverage(filter, from) === 'all')
  const waiting = start === 'all' && (filled?.messages ?? 0) > 0 && matches(filter, filled?.subject ?? '')
  if (heard.length === 0 && !waiting)
    return problemAt(
      `${path}.consumer`,
      `must be fed: no workload publishes what consumer "${value.consumer}" of stream "${name}" delivers, got ${printed(value.consumer)}`,
    )
  return heard
    .filter(({ from }) => from.payload.bytes < stampBytes && !kinds[from.kind].acknowledged)
    .map(({ path: sender, from }) => ({
      path: `${sender}.payload.bytes`,
      message: `must be at least ${stampBytes}, so that deliveries can be identified, got ${from.payload.bytes}`,
    }))
}
