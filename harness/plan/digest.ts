/** One number for "the same experiment". */
import { createHash } from 'node:crypto'
import type { Scenario } from '../model/scenario.ts'
import type { NodePlan, Variant } from '../model/plan.ts'

/**
 * SHA-256 over canonical JSON of what shapes a block's numbers: nodes with their limits, configurations, assignments,
 * phases, faults. Not in it: addresses, hosts, how often it is repeated, limits it is judged by, words for people, and
 * the path of a nats-server program (that is what two runs of the same experiment may compare).
 */
export function digestOf(
  { name, faults, network }: Scenario,
  nodes: readonly NodePlan[],
  variants: readonly Variant[],
): string {
  const what = {
    name,
    faults,
    network,
    nodes,
    variants: variants.map(({ services, set, ...rest }) => ({
      ...rest,
      set: Object.fromEntries(Object.entries(set).filter(([path]) => !path.endsWith('.server.path'))),
      services: services.map(({ server, ...service }) => ({ ...service, version: server.version })),
    })),
  }
  return createHash('sha256').update(canonicalJson(what)).digest('hex')
}

/** JSON with the members of every object in order of their names and without those that are undefined. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
