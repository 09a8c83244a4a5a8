/** Streams as their servers had them: a number of JetStream means nothing without. */
import type { Facts } from '../model/facts.ts'
import { grouped, quantity, secondsText } from './format.ts'
import { count } from '../model/count.ts'

type StreamFact = NonNullable<Facts['streams']>[number]

/** What and value, for tables; streams and consumers that variants have alike share a row. */
export function streamRows({
  streams = [],
  consumers = [],
  stores = [],
  seats = [],
}: Facts): readonly (readonly [string, string])[] {
  return [
    ...rowsOf(streams.map((stream) => [stream.variant, `stream ${stream.name}`, streamText(stream)])),
    ...rowsOf(stores.map((store) => [store.variant, `store of ${store.node}`, storeText(store)])),
    ...rowsOf(consumers.map((consumer) => [consumer.variant, `consumer ${consumer.name}`, consumerText(consumer)])),
    ...rowsOf(seats.map((seat) => [seat.variant, `clients of ${seat.workload}`, seatText(seat)])),
  ]
}

/** `2 connections on the leader of stream orders, 4 on followers (asked for: random), summed over blocks`. */
function seatText({ stream, consumer, via, leader, follower, other }: NonNullable<Facts['seats']>[number]): string {
  const of = consumer === undefined ? `stream ${stream}` : `consumer ${consumer}`
  const counts = [
    [leader, `on the leader of ${of}`],
    [follower, `on followers of ${of}`],
    [other, `on servers without ${of}`],
  ] as const
  const parts = counts.filter(([count]) => count > 0).map(([count, where]) => `${grouped(count)} ${where}`)
  return `connections, summed over blocks: ${parts.join(', ')} (${via === undefined ? 'servers in turn' : `asked for: ${via}`})`
}

type Row = readonly [variant: string, what: string, text: string]

function rowsOf(rows: readonly Row[]): readonly (readonly [string, string])[] {
  const alike = Map.groupBy(rows, ([, what, text]) => `${what}\n${text}`)
  const several = alike.size > new Set(rows.map(([, what]) => what)).size
  return [...alike.values()].map((same) => {
    const [, what, text] = same[0]!
    return [several ? `${what}, ${same.map(([variant]) => variant).join(', ')}` : what, text] as const
  })
}

/** `stream orders: file, R1, leader hub, synced every 2 min`, each once, for a terminal's first lines. */
export function streamWords(facts: Facts): readonly string[] {
  const said = (facts.streams ?? []).map((stream) => `stream ${stream.name}: ${policyText(stream)}`)
  const floors = (facts.stores ?? []).flatMap(({ syncedWriteNs }) => syncedWriteNs ?? [])
  const floor = floors.length === 0 ? [] : [`a synced write there takes ${quantity(Math.max(...floors), 'ns')}`]
  return [...new Set(said)].slice(0, 4).concat(floor)
}

function policyText({ storage, replicas, leader, ...sync }: StreamFact): string {
  const parts = [storage, `R${replicas}`, leader === undefined ? undefined : `leader ${leader}`]
  return [...parts, storage === 'file' ? syncText(sync) : undefined].filter((part) => part !== undefined).join(', ')
}

function storeText({ device, filesystem, freeBytes, syncedWriteNs }: NonNullable<Facts['stores']>[number]): string {
  const parts = [
    filesystem === undefined ? undefined : `${filesystem}${device === undefined ? '' : ` on ${device}`}`,
    freeBytes === undefined ? undefined : `${quantity(freeBytes, 'B')} free`,
    syncedWriteNs === undefined
      ? 'the cost of a synced write is not known'
      : `a synced write of 4 KiB takes ${quantity(syncedWriteNs, 'ns')} (mean of 64 before the load): the floor of what is durable`,
    filesystem === 'tmpfs' ? 'it is memory' : undefined,
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

function consumerText(consumer: NonNullable<Facts['consumers']>[number]): string {
  const { kind, stream, ack, maxAckPending, ackWaitMs, deliver, filter, replicas, leader } = consumer
  const acked =
    ack === 'none'
      ? []
      : [`at most ${grouped(maxAckPending)} unacknowledged`, `again after ${secondsText(ackWaitMs / 1000)}`]
  return [
    `${kind} of ${stream}`,
    `ack ${ack}`,
    ...acked,
    `deliver ${deliver}`,
    ...(filter === undefined ? [] : [`filter ${filter}`]),
    `R${replicas}`,
    ...(leader === undefined ? [] : [`leader ${leader}`]),
  ].join(', ')
}

function syncText({ syncAlways, syncIntervalMs }: Pick<StreamFact, 'syncAlways' | 'syncIntervalMs'>): string {
  if (syncAlways) return 'synced at every write'
  return syncIntervalMs === undefined ? 'sync policy unknown' : `synced every ${secondsText(syncIntervalMs / 1000)}`
}

function streamText(stream: StreamFact): string {
  const { version, retention, discard, maxBytes, maxMessages, perSubject, maxAgeMs, dedupWindowMs, storeDir } = stream
  const limits = [
    maxBytes > 0 ? quantity(maxBytes, 'B') : undefined,
    maxMessages > 0 ? count(maxMessages, 'message', grouped(maxMessages)) : undefined,
  ].filter((limit) => limit !== undefined)
  return [
    policyText(stream),
    `retention ${retention}`,
    limits.length === 0 ? 'no limit' : `at most ${limits.join(', ')}, then discard ${discard}`,
    ...(perSubject === undefined ? [] : [`history ${perSubject}`]),
    ...(maxAgeMs === undefined ? [] : [`kept for ${secondsText(maxAgeMs / 1000)}`]),
    `dedup window ${secondsText(dedupWindowMs / 1000)}`,
    `nats-server ${version}`,
    `store ${storeDir}`,
  ].join(', ')
}
