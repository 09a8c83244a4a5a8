/** The nodes that must exist: for each group as many as its largest variant needs. */
import { BenchError } from '../model/error.ts'
import { nodeName } from '../model/node-names.ts'
import type { NodeSpec, Scenario } from '../model/scenario.ts'
import type { Endpoint, NetworkMode, NodePlan } from '../model/plan.ts'
import { byteCount } from '../model/units.ts'

/**
 * Named `hub` where its group never has more than one node, else `recv-1`, `recv-2` ...; in the order of the topology,
 * which also gives each its endpoint. Nodes live for the whole run; a variant that needs fewer leaves the last ones idle,
 * and variants that differ in their network have nodes of their own: `hub-shared`, `recv-vnet-1`.
 */
export function nodesOf(
  variants: readonly Scenario[],
  endpoint: (index: number, network: NetworkMode | undefined) => Endpoint,
): readonly NodePlan[] {
  const networks = Map.groupBy(variants, ({ network }) => network)
  const wanted = [...networks].flatMap(([network, own]) =>
    nodesIn(own, network, networks.size > 1 ? `-${network ?? 'default'}` : ''),
  )
  refuseTwins(wanted.map(({ name }) => name))
  return wanted.map(({ group, spec, name, network }, index) => ({
    name,
    group,
    role: spec.role,
    index,
    endpoint: endpoint(index, network),
    ...(spec.cpus === undefined ? {} : { cpus: spec.cpus }),
    ...bytesOf('memoryBytes', spec.memory),
    ...bytesOf('diskBytes', spec.disk),
    ...(network === undefined ? {} : { network }),
  }))
}

/** The nodes of the plan that a variant uses, in order. */
export function usedBy(variant: Scenario, nodes: readonly NodePlan[]): readonly NodePlan[] {
  return Object.entries(variant.topology).flatMap(([group, spec]) =>
    nodes.filter((node) => node.group === group && node.network === variant.network).slice(0, spec.count),
  )
}

interface Wanted {
  readonly group: string
  readonly spec: NodeSpec
  readonly name: string
  readonly network: NetworkMode | undefined
}

function nodesIn(variants: readonly Scenario[], network: NetworkMode | undefined, ending: string): readonly Wanted[] {
  return Object.entries(variants[0]?.topology ?? {}).flatMap(([group, spec]) => {
    const most = Math.max(...variants.map((variant) => variant.topology[group]?.count ?? 0))
    return Array.from({ length: most }, (_, member) => {
      return { group, spec, network, name: nodeName(`${group}${ending}`, member, most) }
    })
  })
}

function bytesOf(
  name: 'memoryBytes' | 'diskBytes',
  size: NodeSpec['memory'],
): { readonly [K in typeof name]?: number } {
  const bytes = size === undefined ? undefined : byteCount(String(size))
  return bytes === undefined ? {} : { [name]: Math.round(bytes) }
}

/** A group `recv-1` beside a group `recv` that some variant makes larger than one. */
function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin === undefined) return
  throw new BenchError('scenario-invalid', `nodes must have different names, got "${twin}" twice`, {
    hint: 'rename one of the groups in the topology',
  })
}
