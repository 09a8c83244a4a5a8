/** The nodes that must exist: for each group as many as its largest variant needs. */
import { BenchError } from '../model/error.ts'
import type { NodeSpec, Scenario } from '../model/scenario.ts'
import type { Endpoint, NodePlan } from '../model/plan.ts'
import { byteCount } from '../model/units.ts'

/**
 * Named `hub` where its group never has more than one node, else `recv-1`, `recv-2` ...; in the order of the topology,
 * which also gives each its endpoint. Nodes live for the whole run; a variant that needs fewer leaves the last ones idle.
 */
export function nodesOf(variants: readonly Scenario[], endpoint: (index: number) => Endpoint): readonly NodePlan[] {
  const groups = Object.entries(variants[0]?.topology ?? {})
  const wanted = groups.flatMap(([group, spec]) => {
    const most = Math.max(...variants.map((variant) => variant.topology[group]?.count ?? 0))
    return Array.from({ length: most }, (_, member) => ({ group, spec, name: nodeName(group, member, most) }))
  })
  refuseTwins(wanted.map(({ name }) => name))
  return wanted.map(({ group, spec, name }, index) => ({
    name,
    group,
    role: spec.role,
    index,
    endpoint: endpoint(index),
    ...(spec.cpus === undefined ? {} : { cpus: spec.cpus }),
    ...memory(spec),
  }))
}

/** The nodes of the plan that a variant uses, in order. */
export function usedBy(variant: Scenario, nodes: readonly NodePlan[]): readonly NodePlan[] {
  return Object.entries(variant.topology).flatMap(([group, spec]) =>
    nodes.filter((node) => node.group === group).slice(0, spec.count),
  )
}

function nodeName(group: string, member: number, most: number): string {
  return most === 1 ? group : `${group}-${member + 1}`
}

function memory({ memory }: NodeSpec): { readonly memoryBytes?: number } {
  const bytes = memory === undefined ? undefined : byteCount(String(memory))
  return bytes === undefined ? {} : { memoryBytes: Math.round(bytes) }
}

/** A group `recv-1` beside a group `recv` that some variant makes larger than one. */
function refuseTwins(names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin === undefined) return
  throw new BenchError('scenario-invalid', `nodes must have different names, got "${twin}" twice`, {
    hint: 'rename one of the groups in the topology',
  })
}
