/** Streams of a scenario → the job that makes them, reads them and removes them. */
import type { Assignment, NodePlan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import { deliverSubject } from '../model/kinds/js-consume.ts'
import type { Consumer, Stream, StreamConfig } from '../model/streams.ts'
import { byteCount, durationMs } from '../model/units.ts'

/** In the first load node, for a server's has no Node.js. */
export function streamsOf(
  { streams = {}, consumers = {} }: Scenario,
  used: readonly NodePlan[],
): readonly Assignment[] {
  const node = used.find(({ role }) => role === 'load')
  if (node === undefined || Object.keys(streams).length === 0) return []
  const made = Object.entries(streams).flatMap(([name, stream]) => {
    const servers = used.filter(({ group }) => group === stream.on)
    const [first] = servers
    if (first === undefined) return []
    const { address: host, ports } = first.endpoint
    const monitors = servers.map(({ name: server, endpoint }) => ({
      node: server,
      target: { host: endpoint.address, port: endpoint.ports.monitor },
    }))
    const others = servers.slice(1).map(({ endpoint }) => ({ host: endpoint.address, port: endpoint.ports.client }))
    const server = { host, port: ports.client }
    const own = Object.entries(consumers).filter(
      ([, consumer]) => consumer.stream === name && consumer.kind !== 'ordered',
    )
    return [
      {
        name,
        config: configOf(name, stream),
        server,
        ...(others.length > 0 ? { others } : {}),
        monitors,
        consumers: own.map(([each, consumer]) => ({ name: each, config: consumerConfigOf(each, consumer) })),
      },
    ]
  })
  return [{ id: `streams@${node.name}`, workload: 'streams', node: node.name, job: { kind: 'streams', streams: made } }]
}

/** As $JS.API.STREAM.CREATE takes it; what is left out is the server's own default. */
function configOf(name: string, stream: Stream): StreamConfig {
  const { subjects, storage, replicas, maxBytes, maxMessages, discard, dedupWindow, retention } = stream
  const { compression, persistMode } = stream
  return {
    name,
    subjects,
    storage,
    num_replicas: replicas,
    retention,
    discard,
    max_bytes: maxBytes === undefined ? -1 : Math.floor(byteCount(String(maxBytes)) ?? -1),
    max_msgs: maxMessages ?? -1,
    ...(dedupWindow === undefined ? {} : { duplicate_window: nanoseconds(dedupWindow) }),
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
    ...(filter === undefined ? {} : { filter_subject: filter }),
    ...(maxDeliver === undefined ? {} : { max_deliver: maxDeliver }),
    ...(kind === 'push'
      ? { deliver_subject: deliverSubject(name), deliver_group: name, flow_control: true, idle_heartbeat: 5e9 }
      : {}),
  }
}

const nanoseconds = (duration: string) => Math.round((durationMs(duration) ?? 0) * 1e6)
