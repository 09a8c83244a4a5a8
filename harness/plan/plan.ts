/** Scenario × substrate → everything that will happen. Pure: nothing is read, touched or timed. */
import { known } from '../model/known.ts'
import type { Expanded, ExpandedVariant } from '../model/expanded.ts'
import { networksOf } from '../model/expanded.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Endpoint, NetworkMode, Phases, Plan, ServerChoice, Variant } from '../model/plan.ts'
import { blockMs, rehearsalMs, sampleMs, wholeRehearsalMs } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import type { Substrate } from '../substrate/substrate.ts'
import { assignmentsOf } from './assignments.ts'
import { blockOrder } from './blocks.ts'
import { refuseMissing } from './capabilities.ts'
import { digestOf } from './digest.ts'
import { flowsOf } from './flows.ts'
import { nodesOf, usedBy } from './nodes.ts'
import { servicesOf } from './services.ts'

export interface PlanRequest {
  /** The scenario with its variants, as scenario/ has checked them. */
  readonly expanded: Expanded
  readonly substrate: Pick<Substrate, 'name' | 'capabilities' | 'endpoint' | 'lacks'>
  /** Why this substrate was chosen, one sentence. */
  readonly why: string
  /** Exact command that repeats this run. */
  readonly command: string
  readonly harness: string
  readonly host: string
}

/** Throws BenchError: `unavailable` for a capability that the substrate lacks, `scenario-invalid` for two nodes of one name. */
export function makePlan({ expanded, substrate, why, command, harness, host }: PlanRequest): Plan {
  const { scenario, overrides, ownRate } = expanded
  const networks = networksOf(expanded)
  refuseMissing(scenario, networks, substrate)
  const { nodes, variants } = build(expanded.variants, overrides.server, (...place) => substrate.endpoint(...place))
  const blocks = blockOrder(
    variants.map((variant) => variant.name),
    scenario.repeats,
  )
  const lengths = new Map(variants.map((variant) => [variant.name, blockMs(variant.phases)]))
  const phases = variants.map((variant) => variant.phases)
  const rehearsal = rehearsalMs(phases, scenario, overrides.rehearsalMs)
  const network = substrate.capabilities.has('networks') && networks.length === 1 ? networks[0] : undefined
  return {
    schema: 1,
    digest: digest(expanded),
    scenario,
    substrate: substrate.name,
    why,
    command,
    harness,
    host,
    ...(network === undefined ? {} : { network }),
    ...(overrides.rate === undefined || ownRate === undefined ? {} : { rate: { ...overrides.rate, own: ownRate } }),
    nodes,
    variants,
    blocks,
    expectedMs: wholeRehearsalMs(rehearsal) + blocks.reduce((sum, block) => sum + (lengths.get(block.variant) ?? 0), 0),
    ...(rehearsal === 0 ? {} : { rehearsalMs: rehearsal }),
    faults: scenario.faults,
  }
}

/** Of the same plan on made-up addresses with the scenario's own servers and network: one scenario, one digest, everywhere. */
function digest({ scenario, variants, overrides, ownNetwork }: Expanded): string {
  const own = (changed: Scenario) => (overrides.network === undefined ? changed : { ...changed, network: ownNetwork })
  const bare = build(
    variants.map((variant) => ({ ...variant, scenario: own(variant.scenario) })),
    undefined,
    abstractEndpoint,
  )
  return digestOf(own(scenario), bare.nodes, bare.variants)
}

function build(
  expanded: readonly ExpandedVariant[],
  server: ServerChoice | undefined,
  endpoint: (index: number, network: NetworkMode | undefined) => Endpoint,
): Pick<Plan, 'nodes' | 'variants'> {
  const nodes = nodesOf(
    expanded.map(({ scenario }) => scenario),
    endpoint,
  )
  const variants = expanded.map((variant): Variant => {
    const { name, set, scenario } = variant
    const used = usedBy(scenario, nodes)
    const phases = phasesOf(scenario)
    return {
      name,
      set,
      phases,
      nodes: used.map((node) => node.name),
      services: servicesOf(scenario, used, (group) => serverFor(group, variant, server)),
      assignments: assignmentsOf(scenario, used, phases),
      flows: flowsOf(scenario),
    }
  })
  return { nodes, variants }
}

function serverFor(
  group: string,
  { scenario, set }: ExpandedVariant,
  override: ServerChoice | undefined,
): ServerChoice {
  const { version, path } = scenario.topology[group]?.server ?? {}
  const chosen = ['version', 'path'].some((word) => Object.hasOwn(set, `topology.${group}.server.${word}`))
  if (override !== undefined && !chosen) return override
  return known({ version, path })
}

/** What a fault does is told by samples of a second, however long the block is. */
function phasesOf({ phases, faults }: Scenario): Phases {
  const ms = (text: string) => Math.round(durationMs(text) ?? 0)
  const three = { warmupMs: ms(phases.warmup), measureMs: ms(phases.measure), cooldownMs: ms(phases.cooldown) }
  const every = sampleMs(three)
  return every === 1000 || faults.length > 0 ? three : { ...three, sampleMs: every }
}

function abstractEndpoint(index: number): Endpoint {
  return { address: `node${index}`, ports: { client: 1, monitor: 2, cluster: 3, floor: 4 } }
}
