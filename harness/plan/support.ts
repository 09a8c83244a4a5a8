/** Jobs beside the workloads: the harness floor and the probe of the servers' counters. They run in load nodes, which have Node.js. */
import type { Scenario } from '../model/scenario.ts'
import type { Assignment, NodePlan, Phases } from '../model/plan.ts'
import { floorMs } from '../model/timing.ts'
import { isScheduled } from '../model/kinds/kinds.ts'
import { meanBytes } from '../model/kinds/parts.ts'

const smallestEcho = 16
const largestEcho = 64 * 1024

/**
 * Raw TCP echo from a sending node to a receiving one, with the bytes of the first sender's payload. Servers are left out,
 * for a server jail has no Node.js. With one load node alone, echo and ping share it: their bytes then never leave it.
 */
export function floorOf(scenario: Scenario, used: readonly NodePlan[], phases: Phases): readonly Assignment[] {
  const { workloads } = scenario
  const load = used.filter((node) => node.role === 'load')
  const nodesOf = (sends: boolean) =>
    workloads
      .filter((workload) => isScheduled(workload) === sends)
      .flatMap(({ on }) => load.filter((node) => node.group === on))
  const pinger = nodesOf(true)[0] ?? load[0]
  const echoer = [...nodesOf(false), ...load].find((node) => node !== pinger) ?? pinger
  if (pinger === undefined || echoer === undefined) return []
  const place = { host: echoer.endpoint.address, port: echoer.endpoint.ports.floor }
  const payload =
    workloads.flatMap((each) => (isScheduled(each) && 'payload' in each ? [meanBytes(each.payload)] : []))[0] ??
    smallestEcho
  const bytes = Math.min(largestEcho, Math.max(smallestEcho, payload))
  return [
    { id: `floor-echo@${echoer.name}`, workload: 'floor', node: echoer.name, job: { kind: 'echo', listen: place } },
    {
      id: `floor-ping@${pinger.name}`,
      workload: 'floor',
      node: pinger.name,
      job: { kind: 'ping', to: place, bytes, durationMs: floorMs(phases) },
    },
  ]
}

export function probeOf(used: readonly NodePlan[]): readonly Assignment[] {
  const node = used.find(({ role }) => role === 'load')
  if (node === undefined) return []
  const servers = used
    .filter(({ role }) => role === 'server')
    .map(({ name, endpoint }) => ({ node: name, target: { host: endpoint.address, port: endpoint.ports.monitor } }))
  return [{ id: `probe@${node.name}`, workload: 'probe', node: node.name, job: { kind: 'probe', servers } }]
}
