/** Streams of a scenario → the job that makes them, reads them and removes them. */
import { known } from '../model/known.ts'
import type { Assignment, Job, NodePlan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import { bucketStream, bucketSubject, type Bucket } from '../model/buckets.ts'
import { objectStream, type ObjectStore } from '../model/objects.ts'
import { deliverSubject } from '../model/kinds/js-consume.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import type { Consumer, Stream, StreamConfig } from '../model/streams.ts'
import { byteCount, durationMs } from '../model/units.ts'

type StreamJob = Extract<Job, { streams: unknown }>['streams'][number]

/** In the first load node, for a server's has no Node.js. */
export function streamsOf(
  { streams = {}, consumers = {}, buckets = {}, objects = {} }: Scenario,
  used: readonly NodePlan[],
): readonly Assignment[] {
  const node = used.find(({ role }) => role === 'load')
  if (node === undefined || Object.keys({ ...streams, ...buckets, ...objects }).length === 0) return []
  const made = [
    ...Object.entries(streams).map(streamPart),
    ...Object.entries(buckets).map(bucketPart),
    ...Object.entries(objects).map(objectPart),
  ].flatMap(({ on, ...part }) => {
    const servers = used.filter(({ group }) => group === on)
    const [first] = servers
    if (first === undefined) return []
    const { address: host, ports } = first.endpoint
    const monitors = servers.map(({ name: server, endpoint }) => ({
      node: server,
      target: { host: endpoint.address, port: endpoint.ports.monitor },
    }))
    const others = servers.slice(1).map(({ endpoint }) => ({ host: endpoint.address, port: endpoint.ports.client }))
    const own = Object.entries(consumers).filter(
      ([, consumer]) => consumer.stream === part.name && consumer.kind !== 'ordered',
    )
    return [
      {
        ...part,
        server: { host, port: ports.client },
        ...(others.length > 0 ? { others } : {}),
        monitors,
        consumers: own.map(([each, consumer]) => ({ name: each, config: consumerConfigOf(each, consumer) })),
      },
    ]
  })
  return [{ id: `streams@${node.name}`, workload: 'streams', node: node.name, job: { kind: 'streams', streams: made } }]
}

type Part = Pick<StreamJob, 'name' | 'config' | 'fill' | 'bucket' | 'objects'> & { readonly on: string }

function streamPart([name, stream]: readonly [string, Stream]): Part {
  const { on, filled } = stream
  const fill = filled === undefined ? {} : { fill: fillOf(filled.subject, 1, filled.messages, filled.bytes) }
  return { on, name, config: configOf(name, stream), ...fill }
}

function bucketPart([name, bucket]: readonly [string, Bucket]): Part {
  const { on, filled } = bucket
  const { keys = 0, bytes = 0 } = filled ?? {}
  const fill =
    filled === undefined ? {} : { fill: fillOf(bucketSubject(name), keys, keys, Math.max(stampBytes, bytes)) }
  return { on, name: bucketStream(name), config: bucketConfigOf(name, bucket), bucket: true, ...fill }
}

/** As the official clients make a store of objects (ADR-20; CreateObjectStore of nats.go). */
function objectPart([name, { on, storage, replicas, maxBytes, filled }]: readonly [string, ObjectStore]): Part {
  const config = {
    name: objectStream(name),
    subjects: [`$O.${name}.C.>`, `$O.${name}.M.>`],
    storage,
    num_replicas: replicas,
    retention: 'limits',
    discard: 'new',
    max_bytes: bytesOf(maxBytes),
    allow_rollup_hdrs: true,
    allow_direct: true,
  }
  const objects = filled === undefined ? {} : { objects: { store: name, ...filled } }
  return { on, name: objectStream(name), config, bucket: true, ...objects }
}

function fillOf(subject: string, subjects: number, messages: number, bytes: number) {
  return { subject, subjects, messages, payload: { bytes, compressible: 0, seed: 1 } }
}

/** As the official clients make a bucket (ADR-8; CreateKeyValue of nats.go). */
function bucketConfigOf(name: string, { storage, replicas, history, ttl, maxBytes }: Bucket): StreamConfig {
  const age = ttl === undefined ? 0 : nanoseconds(ttl)
  return {
    name: bucketStream(name),
    subjects: [`$KV.${name}.>`],
    storage,
    num_replicas: replicas,
    retention: 'limits',
    discard: 'new',
    max_msgs_per_subject: history,
    max_bytes: bytesOf(maxBytes),
    max_age: age,
    duplicate_window: age === 0 ? defaultDedupNs : Math.min(age, defaultDedupNs),
    allow_rollup_hdrs: true,
    deny_delete: true,
    allow_direct: true,
  }
}

const defaultDedupNs = 120e9
const bytesOf = (size: string | number | undefined) =>
  size === undefined ? -1 : Math.floor(byteCount(String(size)) ?? -1)

/** As $JS.API.STREAM.CREATE takes it; what is left out is the server's own default. */
function configOf(name: string, stream: Stream): StreamConfig {
  const { subjects, storage, replicas, maxBytes, maxMessages, discard, dedupWindow, retention } = stream
  const { compression, persistMode, atomic } = stream
  return {
    name,
    subjects,
    storage,
    num_replicas: replicas,
    retention,
    discard,
    max_bytes: bytesOf(maxBytes),
    max_msgs: maxMessages ?? -1,
    allow_direct: true,
    ...(dedupWindow === undefined ? {} : { duplicate_window: nanoseconds(dedupWindow) }),
    ...(atomic ? { allow_atomic: true } : {}),
    ...(stream.fast ? { allow_batched: true } : {}),
    ...(compression === 'none' ? {} : { compression }),
    ...(persistMode === 'default' ? {} : { persist_mode: persistMode }),
  }
}

/** As $JS.API.CONSUMER.CREATE takes it. Durable, so that it outlives a moment without clients. */
function consumerConfigOf(name: string, consumer: Consumer): StreamConfig {
  const { kind, ack, maxAckPending, filter, start, ackWait, maxDeliver } = consumer
  return {
    name,
    durable_name: name,
    ack_policy: ack === 'double' ? 'explicit' : ack,
    deliver_policy: start,
    ...(ack === 'none' ? {} : { ack_wait: nanoseconds(ackWait) }),
    ...(ack === 'none' || maxAckPending === undefined ? {} : { max_ack_pending: maxAckPending }),
    ...known({ filter_subject: filter, max_deliver: maxDeliver }),
    ...(kind === 'push'
      ? { deliver_subject: deliverSubject(name), deliver_group: name, flow_control: true, idle_heartbeat: 5e9 }
      : {}),
  }
}

const nanoseconds = (duration: string) => Math.round((durationMs(duration) ?? 0) * 1e6)
