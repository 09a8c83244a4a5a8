/** The topology as a Mermaid flowchart: measured rates on the edges, CPU on the nodes. GitHub draws it. */
import type { Topology, TopologyNode } from './topology.ts'
import { medianText } from './reading.ts'
import { quantity, range } from './format.ts'
import { label } from './markdown-text.ts'

export function mermaid({ nodes, edges }: Topology): string {
  const ids = new Map(nodes.map((n, i) => [n.group, `n${i}`]))
  return [
    'flowchart LR',
    ...nodes.map((n, i) => (n.role === 'server' ? `  n${i}[[${nodeLabel(n)}]]` : `  n${i}(${nodeLabel(n)})`)),
    ...edges.flatMap((e) => {
      const from = ids.get(e.from)
      const to = ids.get(e.to)
      if (from === undefined || to === undefined) return []
      const lines = [
        e.workload,
        ...(e.throughput === undefined ? [] : [quantity(e.throughput.median, e.throughput.unit)]),
        ...(e.latency?.median === undefined ? [] : [`p50 ${medianText(e.latency)}`]),
      ]
      return [`  ${from} -->|${label(...lines)}| ${to}`]
    }),
    ...nodes.flatMap((n, i) => (n.role === 'server' ? [`  class n${i} server`] : [])),
    '  classDef server stroke-width:3px',
  ].join('\n')
}

function nodeLabel(node: TopologyNode): string {
  const name = node.names.length > 1 ? `${node.names.length} × ${node.group}` : node.group
  const addresses =
    node.addresses.length > 2 ? `${node.addresses[0]} … ${node.addresses.at(-1)}` : node.addresses.join(', ')
  return label(name, addresses, ...cpuText(node))
}

/** `CPU 47 %`, `CPU 16.0 … 19.1 % each`; nothing where nothing was measured. */
export function cpuText({ cpuShares }: TopologyNode): readonly string[] {
  if (cpuShares.length === 0) return []
  if (cpuShares.length === 1) return [`CPU ${quantity(cpuShares[0], 'share')}`]
  return [`CPU ${range([Math.min(...cpuShares), Math.max(...cpuShares)], 'share')} each`]
}
