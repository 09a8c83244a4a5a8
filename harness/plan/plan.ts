/** Scenario × substrate → everything that will happen. Pure: nothing is read, touched or timed. */
import { BenchError } from '../model/error.ts'
import { scenarioSchema } from '../model/scenario.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Endpoint, NetworkMode, Phases, Plan, ServerChoice, Variant } from '../model/plan.ts'
import { blockMs } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import { change, expandVariants } from '../model/variants.ts'
import type { Changes, NamedChanges } from '../model/variants.ts'
import type { Substrate } from '../substrate/substrate.ts'
import { assignmentsOf } from './assignments.ts'
import { blockOrder } from './blocks.ts'
import { refuseMissing } from './capabilities.ts'
import { digestOf } from './digest.ts'
import { flowsOf } from './flows.ts'
import { nodesOf, usedBy } from './nodes.ts'
import { servicesOf } from './services.ts'

export interface PlanRequest {
  readonly scenario: Scenario
  readonly substrate: Pick<Substrate, 'name' | 'capabilities' | 'endpoint'>
  /** Why this substrate was chosen, one sentence. */
  readonly why: string
  /** Exact command that repeats this run. */
  readonly command: string
  readonly harness: string
  readonly host: string
  readonly overrides?: Overrides
}

/** What a command line may say over a scenario. */
export interface Overrides {
  readonly repeats?: number | undefined
  readonly measureMs?: number | undefined
  readonly warmupMs?: number | undefined
  /** For all server nodes, but where a variant of the scenario itself chooses one. */
  readonly server?: ServerChoice | undefined
  /** Instead of the scenario's; `shared` or `vnet`. */
  readonly network?: string | undefined
  /** Named change sets beside (times) the scenario's grid, instead of its own variants: base and head of a check. */
  readonly variants?: Readonly<Record<string, Changes>> | undefined
}

/** Throws BenchError: `unavailable` for a capability that the substrate lacks, `usage` for overrides that do not fit. */
export function makePlan(request: PlanRequest): Plan {
  const scenario = overridden(request.scenario, request.overrides ?? {})
  const networks = networksOf(scenario)
  refuseMissing(scenario, networks, request.substrate)
  const built = build(scenario, request, (index, network) => request.substrate.endpoint(index, network))
  // The digest is of the same plan on made-up addresses with the scenario's own servers and network: one scenario, one digest, everywhere.
  const bareOverrides = { ...request.overrides, server: undefined, network: undefined }
  const own = overridden(request.scenario, bareOverrides)
  const bare = build(own, { ...request, overrides: bareOverrides }, abstractEndpoint)
  const network = request.substrate.capabilities.has('networks') && networks.length === 1 ? networks[0] : undefined
  return {
    schema: 1,
    digest: digestOf(own, bare.nodes, bare.variants),
    scenario,
    substrate: request.substrate.name,
    why: request.why,
    command: request.command,
    harness: request.harness,
    host: request.host,
    ...(network === undefined ? {} : { network }),
    ...built,
    faults: scenario.faults,
  }
}

/** The networks that its variants ask for, each once; undefined for those that leave it to the substrate. */
export function networksOf(scenario: Scenario): readonly (NetworkMode | undefined)[] {
  const settled = overridden(scenario, {})
  return [...new Set(expandVariants(settled).map((named) => changedBy(settled, named).network))]
}

function build(
  scenario: Scenario,
  request: Pick<PlanRequest, 'overrides'>,
  endpoint: (index: number, network: NetworkMode | undefined) => Endpoint,
): Pick<Plan, 'nodes' | 'variants' | 'blocks' | 'expectedMs'> {
  const changed = expandVariants(scenario).map((named) => ({ named, scenario: changedBy(scenario, named) }))
  const nodes = nodesOf(
    changed.map((one) => one.scenario),
    endpoint,
  )
  const variants = changed.map(({ named, scenario: own }): Variant => {
    const used = usedBy(own, nodes)
    const phases = phasesOf(own)
    return {
      name: named.name,
      set: named.set,
      phases,
      nodes: used.map((node) => node.name),
      services: servicesOf(own, used, (group) => serverFor(group, own, named, request.overrides?.server)),
      assignments: assignmentsOf(own, used, phases),
      flows: flowsOf(own),
    }
  })
  const blocks = blockOrder(
    variants.map((variant) => variant.name),
    scenario.repeats,
  )
  const lengths = new Map(variants.map((variant) => [variant.name, blockMs(variant.phases)]))
  const expectedMs = blocks.reduce((sum, block) => sum + (lengths.get(block.variant) ?? 0), 0)
  return { nodes, variants, blocks, expectedMs }
}

function overridden(scenario: Scenario, { repeats, measureMs, warmupMs, variants, network }: Overrides): Scenario {
  const varied = [...Object.values(scenario.variants ?? {}), scenario.vary ?? {}]
  const compares = varied.some((changes) => Object.hasOwn(changes, 'network'))
  if (network !== undefined && compares) {
    throw new BenchError('usage', `network must be left to a scenario that compares networks, got ${network}`)
  }
  const candidate = {
    ...scenario,
    ...(repeats === undefined ? {} : { repeats }),
    ...(variants === undefined ? {} : { variants }),
    // Beside a variant in the other network, one that asks for none is in the shared one, whatever the settings say.
    ...(compares ? { network: scenario.network ?? 'shared' } : network === undefined ? {} : { network }),
    phases: {
      ...scenario.phases,
      ...(measureMs === undefined ? {} : { measure: `${measureMs}ms` }),
      ...(warmupMs === undefined ? {} : { warmup: `${warmupMs}ms` }),
    },
  }
  return valid(candidate, 'the options of the command line')
}

function changedBy(scenario: Scenario, { name, set }: NamedChanges): Scenario {
  try {
    return valid(change(scenario, set), `variant "${name}"`)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new BenchError('usage', `variant "${name}" must change what is there: a path ${error.message}`)
  }
}

/** Scenarios come checked; what is laid over them is checked here. */
function valid(candidate: unknown, what: string): Scenario {
  const parsed = scenarioSchema.safeParse(candidate)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new BenchError('usage', `${what} must leave the scenario valid, got ${lines.length} problems`, { lines })
}

function serverFor(
  group: string,
  own: Scenario,
  variant: NamedChanges,
  override: ServerChoice | undefined,
): ServerChoice {
  const { version, path } = own.topology[group]?.server ?? {}
  const chosen = ['version', 'path'].some((word) => Object.hasOwn(variant.set, `topology.${group}.server.${word}`))
  if (override !== undefined && !chosen) return override
  return { ...(version === undefined ? {} : { version }), ...(path === undefined ? {} : { path }) }
}

function phasesOf({ phases }: Scenario): Phases {
  const ms = (text: string) => Math.round(durationMs(text) ?? 0)
  return { warmupMs: ms(phases.warmup), measureMs: ms(phases.measure), cooldownMs: ms(phases.cooldown) }
}

function abstractEndpoint(index: number): Endpoint {
  return { address: `node${index}`, ports: { client: 1, monitor: 2, cluster: 3, floor: 4 } }
}
