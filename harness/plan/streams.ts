/** Streams of a scenario → the job that makes them, reads them and removes them. */
import type { Assignment, NodePlan } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Stream, StreamConfig } from '../model/streams.ts'
import { byteCount, durationMs } from '../model/units.ts'

/** In the first load node, for a server's has no Node.js. */
export function streamsOf({ streams = {} }: Scenario, used: readonly NodePlan[]): readonly Assignment[] {
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
    return [{ name, config: configOf(name, stream), server, ...(others.length > 0 ? { others } : {}), monitors }]
  })
  return [{ id: `streams@${node.name}`, workload: 'streams', node: node.name, job: { kind: 'streams', streams: made } }]
}

/** As $JS.API.STREAM.CREATE takes it; what is left out is the server's own default. */
function configOf(name: string, stream: Stream): StreamConfig {
  const { subjects, storage, replicas, maxBytes, maxMessages, discard, dedupWindow, retention } = stream
  return {
    name,
    subjects,
    storage,
    num_replicas: replicas,
    retention,
    discard,
    max_bytes: maxBytes === undefined ? -1 : Math.floor(byteCount(String(maxBytes)) ?? -1),
    max_msgs: maxMessages ?? -1,
    ...(dedupWindow === undefined ? {} : { duplicate_window: Math.round((durationMs(dedupWindow) ?? 0) * 1e6) }),
  }
}
